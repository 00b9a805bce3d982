/* covers: bits */
#include "bits.h"
#include "tap.h"

enum { COUNT = 100000 };

int
main(void)
{
	struct failure why = { 0 };
	struct bits b;
	bool right = true;

	bits_init(&b);
	ok(bits_clear(&b, COUNT, &why) && !bits_is_on(&b, 0) &&
		   !bits_is_on(&b, COUNT - 1),
	   "all are off at first");
	for (int64_t n = 0; n < COUNT; n += 7)
		bits_on(&b, n);
	bits_on(&b, 7);
	for (int64_t n = 0; n < COUNT; n++)
		right = right && bits_is_on(&b, n) == (n % 7 == 0);
	ok(right, "those that were turned on are, and no others");
	ok(bits_clear(&b, 8, &why) && !bits_is_on(&b, 7), "cleared again");
	bits_free(&b);
	bits_free(&b);
	return tap_done();
}
