#include <sys/random.h>

#include "base/clock.h"
#include "http/jitter.h"

double
jitter_draw(void)
{
	uint32_t drawn = 0;

	if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
		drawn = (uint32_t)clock_now_us(); /* any bits will do */
	return drawn / 4294967296.0;
}
