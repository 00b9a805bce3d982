/*
 * auth/token_store.h - where a login is stored: in a file that only its owner
 * can read (auth/token_file.h, which finds its path), or with a credential
 * helper (auth/credential_helper.h); qb-tokens(5).
 *
 * With a helper the file is the fallback: a login that the helper does not
 * return as it was stored stays in the file until it does.  Whoever changes the
 * login holds the file's lock, with a helper, too.
 */
#ifndef AUTH_TOKEN_STORE_H
#define AUTH_TOKEN_STORE_H

#include "auth/credential_helper.h"
#include "auth/token_file.h"

struct token_store {
	struct token_file file;          /* also the lock: token_file_lock() */
	struct credential_helper helper; /* and whose login it is */
};

/* `helper` says whose login it is, too; its texts are the caller's.  `path` and
 * failures as token_file_open(). */
bool token_store_open(struct token_store *s, const char *path,
		      const struct credential_helper *helper,
		      struct failure *why) MUST_CHECK;
void token_store_close(struct token_store *s); /* may be called twice */

/* Read the login; `*found` says whether there is one.  Failures as
 * token_file_read(), tokens_parse() and credential_helper_get(). */
bool token_store_read(const struct token_store *s, struct tokens *t,
		      bool *found, struct failure *why) MUST_CHECK;

/* Store the login durably, in the file `d` of token_file_prepare(). */
bool token_store_save(const struct token_store *s, struct durable_file *d,
		      const struct tokens *t, struct failure *why) MUST_CHECK;

/* Nothing to remove is fine. */
bool token_store_remove(const struct token_store *s,
			struct failure *why) MUST_CHECK;

#endif
