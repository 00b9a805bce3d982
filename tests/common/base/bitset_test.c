/* covers: bitset */
#include "base/bitset.h"
#include "tap.h"

enum { COUNT = 100000 };

int
main(void)
{
	struct failure why = { 0 };
	struct bitset b;
	bool right = true;

	bitset_init(&b);
	ok(bitset_clear(&b, COUNT, &why) && !bitset_test(&b, 0) &&
		   !bitset_test(&b, COUNT - 1),
	   "all are off at first");
	for (int64_t n = 0; n < COUNT; n += 7)
		bitset_set(&b, n);
	bitset_set(&b, 7);
	for (int64_t n = 0; n < COUNT; n++)
		right = right && bitset_test(&b, n) == (n % 7 == 0);
	ok(right, "those that were turned on are, and no others");
	ok(bitset_clear(&b, 8, &why) && !bitset_test(&b, 7), "cleared again");
	bitset_free(&b);
	bitset_free(&b);
	return tap_done();
}
