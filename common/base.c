#include "base.h"

enum { STATUS_BUG = 70, STATUS_MACHINE = 74 };

void
base_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: BUG: %s; please report it\n", file, line, what);
	exit(STATUS_BUG);
}

void *
base_realloc(void *old, size_t size)
{
	void *grown = realloc(old, size);

	if (!grown) {
		fprintf(stderr, "out of memory: %zu bytes were refused\n",
			size);
		exit(STATUS_MACHINE);
	}
	return grown;
}
