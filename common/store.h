/*
 * store.h - where a login stands: a file that only its owner can read, or a
 * program that holds it (helper.h); qb-tokens(5).
 *
 * The file is replaced as a whole and durably, so it is the old one or the new
 * one whenever it is read.  Whoever changes it holds the lock, which is a file
 * of its own beside it, also where a helper holds the login.
 *
 * With a helper the file is what is fallen back on: a login that the helper
 * does not give back as it was stored stands in the file until it does.
 */
#ifndef STORE_H
#define STORE_H

#include "durable.h"
#include "helper.h"
#include "tokens.h"

struct store {
	struct buf path; /* for people */
	struct helper
		helper;   /* and whose login it is; texts are the caller's */
	int folder, lock; /* -1: not open */
	char name[256];
};

/*
 * `of` says whose login it is, and by which helper, if any, it is held.  Find
 * the folder of $XDG_STATE_HOME/qb/<env>-<realm>.json, or of `path` when
 * it is not NULL, and make it when it is missing.  FAILURE_IO, with the chmod
 * to run, when it is not ours or open to others: to look into the usual one,
 * to write in any other.
 */
bool store_open(struct store *f, const char *path, const struct helper *of,
		struct failure *why) MUST_CHECK;
void store_close(struct store *f); /* may be called twice */

/*
 * Read the login; `*found` says whether there is one.  FAILURE_IO, with the
 * chmod to run: others may read the file, it is not ours, or it is a link.  And
 * as tokens_parse() and helper_get().
 */
bool store_read(struct store *f, struct tokens *t, bool *found,
		struct failure *why) MUST_CHECK;

/* Take the lock if nobody has it, which `*locked` says; does not wait. */
bool store_lock(struct store *f, bool *locked, struct failure *why) MUST_CHECK;
void store_unlock(struct store *f);

/*
 * Put new contents in place.  The file is begun, by store_prepare(), and its
 * room on the disk taken, before the tokens are asked for, so that a folder
 * that takes no file and a full disk are noticed before a new token would be
 * lost.
 */
bool store_prepare(struct store *f, struct durable *d,
		   struct failure *why) MUST_CHECK;
bool store_keep(struct store *f, struct durable *d, const struct tokens *t,
		struct failure *why) MUST_CHECK;

/* The login is no more; nothing to remove is fine. */
bool store_remove(struct store *f, struct failure *why) MUST_CHECK;

#endif
