/* fuzz.h - what the fuzz targets share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <sys/mman.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of a header; broken it is a finding. */
static inline void
promise(bool kept)
{
	if (!kept)
		abort();
}

/* In memory of exactly its size, so that one byte too far is seen. */
static inline struct slice
fuzz_copy(const uint8_t *data, size_t size)
{
	char *copy = base_realloc(NULL, size ? size : 1);

	if (size)
		memcpy(copy, data, size);
	return (struct slice){ copy, size };
}

static inline void
fuzz_free(struct slice copy)
{
	free((void *)(uintptr_t)copy.at);
}

/* A descriptor from which these bytes can be read. */
static inline int
fuzz_file(struct slice bytes)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len ||
	    lseek(fd, 0, SEEK_SET))
		BUG("no file in memory");
	return fd;
}

#endif
