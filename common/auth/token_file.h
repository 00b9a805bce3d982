/*
 * auth/token_file.h - the file that holds a login, and the lock beside it.
 *
 * The file is replaced as a whole and durably: whoever reads it finds the old
 * contents or the new ones.  Whoever changes it holds the lock, which is a file
 * of its own.  Files and folders that other users could read or replace are not
 * used.
 */
#ifndef AUTH_TOKEN_FILE_H
#define AUTH_TOKEN_FILE_H

#include "auth/tokens.h"
#include "base/durable_file.h"

enum { TOKEN_FILE_MOST_BYTES = 8 * TOKENS_LONGEST };

struct token_file {
	struct buf path;  /* for messages */
	int folder, lock; /* -1: not open */
	char name[256];
};

/*
 * Open the folder of `path`, or of $XDG_STATE_HOME/qb/<env>-<realm>.json when
 * `path` is NULL, and create it when it is missing.  FAILURE_IO, with the chmod
 * to run: it belongs to another user, or others can read the default folder, or
 * write to any other one.
 */
bool token_file_open(struct token_file *f, const char *path, const char *env,
		     const char *realm, struct failure *why) MUST_CHECK;
void token_file_close(struct token_file *f); /* may be called twice */

/*
 * Append the contents to `text`; `*found` says whether there is a file.
 * FAILURE_IO, with the chmod to run: other users can read it, it belongs to
 * another one, or it is a symbolic link.  FAILURE_DATA: it is larger than
 * TOKEN_FILE_MOST_BYTES.
 */
bool token_file_read(const struct token_file *f, struct buf *text, bool *found,
		     struct failure *why) MUST_CHECK;

/* Take the lock if it is free, which `*locked` says; does not wait. */
bool token_file_lock(struct token_file *f, bool *locked,
		     struct failure *why) MUST_CHECK;
void token_file_unlock(struct token_file *f);

/*
 * Replace the contents in two steps.  Preparing creates the new file and
 * reserves its space, so that a full disk and a folder without write permission
 * show before new tokens are requested, not after.
 */
bool token_file_prepare(const struct token_file *f, struct durable_file *d,
			struct failure *why) MUST_CHECK;
bool token_file_replace(const struct token_file *f, struct durable_file *d,
			struct slice text, struct failure *why) MUST_CHECK;

/* Nothing to remove is fine. */
bool token_file_remove(const struct token_file *f,
		       struct failure *why) MUST_CHECK;

#endif
