/*
 * store.h - the file in which a login stands, that only its owner can read.
 *
 * It is replaced as a whole and durably, so it is the old one or the new one
 * whenever it is read.  Whoever changes it holds the lock, which is a file of
 * its own beside it.
 */
#ifndef STORE_H
#define STORE_H

#include "durable.h"
#include "tokens.h"

struct store {
	struct buf path;         /* for people */
	const char *env, *realm; /* the caller's: whose login it is */
	int folder, lock;        /* -1: not open */
	char name[256];
};

/*
 * Find the folder of $XDG_STATE_HOME/qb/<env>-<realm>.json, or of `path` when
 * it is not NULL, and make it when it is missing.  FAILURE_IO, with the chmod
 * to run, when it is not ours or open to others: to look into the usual one,
 * to write in any other.
 */
bool store_open(struct store *f, const char *path, const char *env,
		const char *realm, struct failure *why) MUST_CHECK;
void store_close(struct store *f); /* may be called twice */

/*
 * Read the file; `*found` says whether there is one.  FAILURE_IO, with the
 * chmod to run: others may read it, it is not ours, or it is a link.  And as
 * tokens_parse().
 */
bool store_read(struct store *f, struct tokens *t, bool *found,
		struct failure *why) MUST_CHECK;

/* Take the lock if nobody has it, which `*locked` says; does not wait. */
bool store_lock(struct store *f, bool *locked, struct failure *why) MUST_CHECK;
void store_unlock(struct store *f);

/*
 * Put new contents in place.  The file is begun, by store_prepare(), before
 * the tokens are asked for, so that a folder that takes no file is noticed
 * before a new token would be lost.
 */
bool store_prepare(struct store *f, struct durable *d,
		   struct failure *why) MUST_CHECK;
bool store_keep(struct store *f, struct durable *d, const struct tokens *t,
		struct failure *why) MUST_CHECK;

#endif
