/* Any text as a time: what is read lies in its bounds, and comes back. */
#include "base/clock.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = fuzz_copy(data, size);
	char spelled[CLOCK_TEXT];
	struct clock_civil civil;
	int64_t at_us, again;

	if (clock_parse(text, &at_us)) {
		promise(at_us >= CLOCK_FIRST && at_us <= CLOCK_LAST);
		clock_format(at_us, spelled);
		promise(clock_parse(slice_of(spelled), &again) &&
			again == at_us);
		promise(!clock_parse_civil(text, &civil));
	}
	if (clock_parse_civil(text, &civil)) {
		struct clock_civil back;

		at_us = clock_from_civil(&civil);
		promise(at_us >= CLOCK_FIRST && at_us <= CLOCK_LAST);
		clock_to_civil(at_us, &back);
		promise(!memcmp(&back, &civil, sizeof(back)));
	}
	fuzz_free(text);
	return 0;
}
