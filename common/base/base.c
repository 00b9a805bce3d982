#include <sys/mman.h>

#include "base/base.h"

enum { STATUS_BUG = 70, STATUS_MACHINE = 74 };
enum { HUGE_PAGE = 2 * 1024 * 1024 };

void
base_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: BUG: %s; please report it\n", file, line, what);
	exit(STATUS_BUG);
}

static void
must_have(const void *at, size_t size)
{
	if (at)
		return;
	fprintf(stderr, "out of memory: cannot allocate %zu bytes\n", size);
	exit(STATUS_MACHINE);
}

void *
base_realloc(void *old, size_t size)
{
	void *grown = realloc(old, size);

	must_have(grown, size);
	return grown;
}

/* For direct writes the kernel pins memory page by page: a huge page is pinned
 * at once.  Without huge pages it only takes longer. */
void *
base_alloc_pages(size_t size)
{
	void *at = NULL;

	if (posix_memalign(&at, HUGE_PAGE, size))
		at = NULL;
	must_have(at, size);
	(void)!madvise(at, size, MADV_HUGEPAGE);
	return at;
}
