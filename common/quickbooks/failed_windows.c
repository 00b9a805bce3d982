#include "quickbooks/failed_windows.h"
#include "base/log.h"

enum { MOST_TEXT = 256 * 1024 };

void
failed_windows_init(struct failed_windows *f)
{
	*f = (struct failed_windows){ .count = 0 };
	buf_init(&f->text, MOST_TEXT);
}

void
failed_windows_free(struct failed_windows *f)
{
	buf_free(&f->text);
}

void
failed_windows_add(struct failed_windows *f, const struct failure *why)
{
	struct failure full;

	log_warn("%s", why->text);
	log_warn("continuing with the next windows");
	f->count++;
	f->retry_helps = f->retry_helps || why->kind != FAILURE_REFUSED;
	/* what does not fit was in the log just now */
	if (!buf_printf(&f->text, &full, "%s\n", why->text))
		log_warn("too many failed windows to list them all at the end");
}

void
failed_windows_report(const struct failed_windows *f, struct failure *why)
{
	struct slice left = buf_slice(&f->text);

	while (left.len) {
		const char *end = memchr(left.at, '\n', left.len);
		size_t len = (size_t)(end - left.at); /* each line has one */

		log_warn("not read: %.*s", (int)len, left.at);
		left = (struct slice){ end + 1, left.len - len - 1 };
	}
	if (!f->count || why->kind)
		return;
	fail(why, f->retry_helps ? FAILURE_LATER : FAILURE_REFUSED,
	     "%" PRId64 " %s not read, for the reasons above; the others are "
	     "sealed, and the stream has no end",
	     f->count, f->count == 1 ? "window was" : "windows were");
	if (f->retry_helps)
		fail_next(why,
			  "run the same command again; with qb-pending before "
			  "qb-fetch it reads only the missing windows");
}
