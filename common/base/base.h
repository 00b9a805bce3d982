/* base/base.h - the ground: what every file here may count on. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* What no input can cause: said on standard error, then exit status 70. */
#define BUG(what) base_bug(__FILE__, __LINE__, what)
_Noreturn void base_bug(const char *file, int line, const char *what);

/* Like realloc(3), but never NULL: without memory the process ends with 74. */
void *base_realloc(void *old, size_t size) MUST_CHECK;
/* The same, new and from the start of a page on; for free(3). */
void *base_alloc_pages(size_t size) MUST_CHECK;

/* Refused here; the comment names what to use instead.  (Where the C library
 * checks bounds by macros, these two are macros.) */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atof   /* options_read(), json_integer() */
#pragma GCC poison gmtime localtime /* base/clock.h, base/zone.h */

#endif
