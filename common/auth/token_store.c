#include "auth/token_store.h"
#include "auth/token_kind.h"
#include "base/log.h"

bool
token_store_open(struct token_store *s, const char *path,
		 const struct credential_helper *helper, struct failure *why)
{
	*s = (struct token_store){ .helper = *helper };
	return token_file_open(&s->file, path, helper->env, helper->realm, why);
}

void
token_store_close(struct token_store *s)
{
	token_file_close(&s->file);
}

static bool
parse(const struct token_store *s, struct slice text, struct tokens *t,
      struct failure *why)
{
	return tokens_parse(t, text, s->helper.env, s->helper.realm, why);
}

static bool
read_file(const struct token_store *s, struct tokens *t, bool *found,
	  struct failure *why)
{
	const struct token_file *f = &s->file;
	struct buf text;

	buf_init(&text, 2 * TOKEN_FILE_MOST_BYTES);
	bool done = token_file_read(f, &text, found, why);
	if (done && *found && !parse(s, buf_slice(&text), t, why))
		done = fail_in(why, "%s", f->path.at);
	tokens_wipe_free(&text);
	return done;
}

/* What we stored, or the bare refresh token that a person put there. */
static bool
parse_held(const struct token_store *s, struct slice text, struct tokens *t,
	   struct failure *why)
{
	char hex[DIGEST_HEX];

	if (*text.at == '{')
		return parse(s, text, t, why);
	if (!token_kind_check(text, "the password", FAILURE_DATA, why))
		return false;
	tokens_digest(text, hex);
	tokens_learn(t, hex);
	return tokens_set(&t->refresh, text, why);
}

static bool
read_helper(const struct token_store *s, struct tokens *t, bool *found,
	    struct failure *why)
{
	struct buf text;

	buf_init(&text, TOKEN_FILE_MOST_BYTES);
	bool done = credential_helper_get(&s->helper, &text, found, why);
	if (done && *found && !parse_held(s, buf_slice(&text), t, why))
		done = fail_in(why, "the login from the credential helper");
	/* moving the file away would not help */
	if (!done && why->kind == FAILURE_DATA)
		fail_next(why, "correct what QBO_CREDENTIAL_HELPER returns for "
			       "get, or qb-auth login; then run the same "
			       "command again");
	tokens_wipe_free(&text);
	return done;
}

/* There is a file only when the helper did not keep what it was given: it may
 * still return an older login, or the bare token that it began with. */
static bool
is_newer(const struct tokens *file, const struct tokens *held)
{
	if (!held->access.len)
		return tokens_knows(file, held->seeds[0]);
	return file->written_us > held->written_us;
}

bool
token_store_read(const struct token_store *s, struct tokens *t, bool *found,
		 struct failure *why)
{
	struct tokens held;
	bool is_held = false, done;

	if (!read_file(s, t, found, why))
		return false;
	if (!s->helper.command)
		return true;
	tokens_init(&held);
	done = read_helper(s, &held, &is_held, why);
	if (done && is_held && !(*found && is_newer(t, &held))) {
		tokens_copy(t, &held);
		*found = true;
	}
	tokens_free(&held);
	return done;
}

/* A helper stores one line.  Ask for it again, to see that it was kept. */
static bool
store_in_helper(const struct token_store *s, struct buf *text,
		struct failure *why)
{
	struct buf held;
	bool found, done;

	buf_truncate(text, text->len - 1);
	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] == '\n')
			text->at[i] = ' ';
	buf_init(&held, TOKEN_FILE_MOST_BYTES);
	done = credential_helper_store(&s->helper, buf_slice(text), why) &&
	       credential_helper_get(&s->helper, &held, &found, why);
	if (done && !slice_equal(buf_slice(&held), buf_slice(text)))
		done = fail(why, FAILURE_IO,
			    "the credential helper does not return what it "
			    "was given to store");
	tokens_wipe_free(&held);
	return done;
}

/* The file is written first in any case, so that nothing is lost whatever the
 * helper does. */
bool
token_store_save(const struct token_store *s, struct durable_file *d,
		 const struct tokens *t, struct failure *why)
{
	const char *path = s->file.path.at;
	struct failure not_kept;
	struct buf text;

	buf_init(&text, TOKEN_FILE_MOST_BYTES);
	bool done =
		tokens_write(t, s->helper.env, s->helper.realm, &text, why) &&
		token_file_replace(&s->file, d, buf_slice(&text), why);
	if (!done)
		fail_in(why, "%s", path);
	if (done && s->helper.command) {
		if (store_in_helper(s, &text, &not_kept))
			done = token_file_remove(&s->file, why);
		else
			log_warn("%s; the login stays in %s until it does",
				 not_kept.text, path);
	}
	tokens_wipe_free(&text);
	return done;
}

bool
token_store_remove(const struct token_store *s, struct failure *why)
{
	if (s->helper.command && !credential_helper_erase(&s->helper, why))
		return false;
	return token_file_remove(&s->file, why);
}
