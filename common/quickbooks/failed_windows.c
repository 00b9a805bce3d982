#include "quickbooks/failed_windows.h"
#include "base/log.h"

enum { MOST_TEXT = 256 * 1024 };

void
failed_windows_init(struct failed_windows *m)
{
	*m = (struct failed_windows){ .windows = 0 };
	buf_init(&m->text, MOST_TEXT);
}

void
failed_windows_free(struct failed_windows *m)
{
	buf_free(&m->text);
}

void
failed_windows_add(struct failed_windows *m, const struct failure *why)
{
	struct failure full;

	log_warn("%s", why->text);
	log_warn("going on with the windows after it");
	m->windows++;
	m->later = m->later || why->kind != FAILURE_REFUSED;
	/* what does not fit was told just now */
	if (!buf_printf(&m->text, &full, "%s\n", why->text))
		log_warn("there are too many to tell all again at the end");
}

void
failed_windows_report(const struct failed_windows *m, struct failure *why)
{
	struct slice left = buf_slice(&m->text);

	while (left.len) {
		const char *end = memchr(left.at, '\n', left.len);
		size_t len = (size_t)(end - left.at); /* each line has one */

		log_warn("not read: %.*s", (int)len, left.at);
		left = (struct slice){ end + 1, left.len - len - 1 };
	}
	if (!m->windows || why->kind)
		return;
	fail(why, m->later ? FAILURE_LATER : FAILURE_REFUSED,
	     "%" PRId64 " %s not read, for the reasons above; the others are "
	     "sealed, and the stream has no end",
	     m->windows, m->windows == 1 ? "window was" : "windows were");
	if (m->later)
		fail_next(why, "run the same command again, with qb-pending "
			       "before qb-fetch it reads only what is missing");
}
