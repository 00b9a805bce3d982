/*
 * base/base.h - what every source file includes first.
 *
 * The wing base/ has what any program needs: memory, text, time, files,
 * options, failures.  It knows nothing of JSON, QuickBooks or PostgreSQL; it
 * includes no other wing, and all others include it.  Only digest.c includes
 * libcrypto and libxxhash, only gzip.c ISA-L and zlib, and only time_zone.c
 * uses libc's zones.
 */
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

/* A broken invariant, which no input can cause: a message on standard error,
 * then exit status 70. */
#define BUG(what) base_bug(__FILE__, __LINE__, what)
_Noreturn void base_bug(const char *file, int line, const char *what);

/* Like realloc(3), but never NULL: out of memory, the process exits with 74. */
void *base_realloc(void *old, size_t size) MUST_CHECK;
/* New memory that begins at the start of a page; release it with free(3). */
void *base_alloc_pages(size_t size) MUST_CHECK;

/* Forbidden; the comment names what to use instead.  (Where the C library
 * checks bounds by macros, the first two are macros.) */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atof   /* options_read(), json_integer() */
#pragma GCC poison gmtime localtime /* base/clock.h, base/time_zone.h */

#endif
