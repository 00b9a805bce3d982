#include <fcntl.h>
#include <sys/stat.h>

#include "auth/company_name.h"
#include "auth/foreign_text.h"
#include "auth/state_folder.h"
#include "base/durable_file.h"
#include "json/json.h"

enum {
	FILE_NAME = 64, /* of <env>-<realm>.company */
	MOST_FILE_BYTES = 4 * COMPANY_NAME_MOST,
};

static void
name_file(const struct settings *s, char name[FILE_NAME])
{
	snprintf(name, FILE_NAME, "%s-%s.company", s->env, s->realm);
}

/* --- reading ------------------------------------------------------------- */

/* The folder of the login, if there is one: reading creates nothing. */
static int
open_folder(const struct settings *s)
{
	struct failure ignored;
	struct buf path;
	bool found = true, done;
	int folder = -1;

	buf_init(&path, STATE_FOLDER_LONGEST);
	if (s->token_file) {
		const char *slash = strrchr(s->token_file, '/');

		done = slash ? buf_printf(&path, &ignored, "%.*s",
					  /* a path's length fits into an int */
					  (int)(slash + 1 - s->token_file),
					  s->token_file)
			     : buf_printf(&path, &ignored, ".");
	} else {
		done = state_folder_path(&path, &found, &ignored);
	}
	if (done && found)
		folder = open(path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_free(&path);
	return folder;
}

static bool
is_ours(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & 022) &&
	       st.st_size < MOST_FILE_BYTES;
}

static bool
read_file(const struct settings *s, char text[MOST_FILE_BYTES], size_t *len)
{
	char name[FILE_NAME];
	int folder = open_folder(s), fd = -1;
	ssize_t n = -1;

	if (folder >= 0) {
		name_file(s, name);
		fd = openat(folder, name,
			    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		close(folder);
	}
	if (fd >= 0) {
		if (is_ours(fd))
			n = read(fd, text, MOST_FILE_BYTES);
		close(fd);
	}
	*len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool
is_text(struct slice value, const char *text)
{
	struct slice plain;

	return json_plain_string(value, &plain) && slice_is(plain, text);
}

/* It is spelled out again, because the file may be anybody's. */
static bool
parse(const struct settings *s, struct slice text, struct buf *name)
{
	struct slice key, value, env = { 0 }, realm = { 0 }, found = { 0 };
	struct failure ignored;
	struct json j;

	json_begin(&j, text);
	if (!json_object(&j))
		return false;
	while (json_key(&j, &key) && json_value(&j, &value))
		if (slice_is(key, "env"))
			env = value;
		else if (slice_is(key, "realm"))
			realm = value;
		else if (slice_is(key, "name"))
			found = value;
	return json_end(&j, &ignored) && env.at && is_text(env, s->env) &&
	       realm.at && is_text(realm, s->realm) && found.at &&
	       json_unquote(found, name, &ignored) && name->len > 0;
}

bool
company_name_read(const struct settings *s, struct buf *to)
{
	char text[MOST_FILE_BYTES], shown[COMPANY_NAME_MOST];
	struct failure ignored;
	struct buf name;
	size_t len;

	if (!s->env || !s->realm)
		return false;
	buf_init(&name, MOST_FILE_BYTES);
	bool known = read_file(s, text, &len) &&
		     parse(s, (struct slice){ text, len }, &name);
	if (known) {
		foreign_text_spell(buf_slice(&name), shown, sizeof(shown));
		known = buf_add_slice(to, slice_of(shown), &ignored);
	}
	buf_free(&name);
	return known;
}

/* --- writing ------------------------------------------------------------- */

bool
company_name_store(const struct settings *s, int folder, struct slice name,
		   struct failure *why)
{
	struct durable_file file = { .fd = -1 };
	char shown[COMPANY_NAME_MOST], file_name[FILE_NAME];
	struct buf text;

	foreign_text_spell(name, shown, sizeof(shown));
	name_file(s, file_name);
	buf_init(&text, MOST_FILE_BYTES);
	bool done = buf_printf(&text, why,
			       "{\"qb\":\"company\",\"env\":\"%s\",\"realm\":"
			       "\"%s\",\"name\":",
			       s->env, s->realm) &&
		    json_quote(slice_of(shown), &text, why) &&
		    buf_printf(&text, why, "}\n") &&
		    durable_file_create(&file, folder, 0600, why) &&
		    durable_file_write(&file, buf_slice(&text), why) &&
		    durable_file_commit(&file, folder, file_name, why);
	durable_file_discard(&file);
	buf_free(&text);
	return done || fail_in(why, "%s", file_name);
}

/* --- showing ------------------------------------------------------------- */

bool
company_name_write(const struct settings *s, struct buf *to,
		   struct failure *why)
{
	return company_name_read(s, to) ? buf_printf(to, why, " (%s)", s->realm)
					: buf_printf(to, why, "%s", s->realm);
}

bool
company_name_write_json(const struct settings *s, struct buf *to,
			struct failure *why)
{
	struct buf name;

	buf_init(&name, COMPANY_NAME_MOST);
	bool known = company_name_read(s, &name);
	bool done = known ? buf_printf(to, why, ",\"company\":") &&
				    json_quote(buf_slice(&name), to, why)
			  : buf_printf(to, why, ",\"company\":null");
	buf_free(&name);
	return done;
}
