/*
 * auth/token_store.h - where a login stands: a file that only its owner can
 * read, or a program that holds it (auth/credential_helper.h); qb-tokens(5).
 *
 * The file is replaced as a whole and durably, so it is the old one or the new
 * one whenever it is read.  Whoever changes it holds the lock, which is a file
 * of its own beside it, also where a helper holds the login.
 *
 * With a helper the file is what is fallen back on: a login that the helper
 * does not give back as it was stored stands in the file until it does.
 */
#ifndef AUTH_TOKEN_STORE_H
#define AUTH_TOKEN_STORE_H

#include "auth/credential_helper.h"
#include "auth/tokens.h"
#include "base/durable_file.h"

struct token_store {
	struct buf path; /* for people */
	struct credential_helper
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
bool token_store_open(struct token_store *f, const char *path,
		      const struct credential_helper *of,
		      struct failure *why) MUST_CHECK;
void token_store_close(struct token_store *f); /* may be called twice */

/*
 * Read the login; `*found` says whether there is one.  FAILURE_IO, with the
 * chmod to run: others may read the file, it is not ours, or it is a link.  And
 * as tokens_parse() and credential_helper_get().
 */
bool token_store_read(struct token_store *f, struct tokens *t, bool *found,
		      struct failure *why) MUST_CHECK;

/* Take the lock if nobody has it, which `*locked` says; does not wait. */
bool token_store_lock(struct token_store *f, bool *locked,
		      struct failure *why) MUST_CHECK;
void token_store_unlock(struct token_store *f);

/*
 * Put new contents in place.  The file is begun, by token_store_prepare(), and
 * its room on the disk taken, before the tokens are asked for, so that a folder
 * that takes no file and a full disk are noticed before a new token would be
 * lost.
 */
bool token_store_prepare(struct token_store *f, struct durable_file *d,
			 struct failure *why) MUST_CHECK;
bool token_store_save(struct token_store *f, struct durable_file *d,
		      const struct tokens *t, struct failure *why) MUST_CHECK;

/* The login is no more; nothing to remove is fine. */
bool token_store_remove(struct token_store *f, struct failure *why) MUST_CHECK;

#endif
