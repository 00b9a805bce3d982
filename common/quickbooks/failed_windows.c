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

static void
add(struct failed_windows *f, const struct failure *why)
{
	struct failure full;

	log_warn("%s", why->text);
	f->count++;
	f->retry_helps = f->retry_helps || why->kind != FAILURE_REFUSED;
	/* what does not fit was in the log just now */
	if (!buf_printf(&f->text, &full, "%s\n", why->text))
		log_warn("too many failed windows to list them all at the end");
}

void
failed_windows_add(struct failed_windows *f, const struct failure *why)
{
	add(f, why);
	log_warn("continuing with the next windows");
}

void
failed_windows_add_row(struct failed_windows *f, const struct failure *why)
{
	add(f, why);
	f->rows++;
	log_warn("continuing with the rows around it");
}

static void
describe(const struct failed_windows *f, char text[64])
{
	int64_t windows = f->count - f->rows;
	size_t len = 0;

	text[0] = '\0';
	if (windows)
		len = (size_t)snprintf(text, 64, "%" PRId64 " %s", windows,
				       windows == 1 ? "window" : "windows");
	if (f->rows)
		snprintf(text + len, 64 - len, "%s%" PRId64 " %s",
			 windows ? " and " : "", f->rows,
			 f->rows == 1 ? "row" : "rows");
}

void
failed_windows_report(const struct failed_windows *f, struct failure *why)
{
	struct slice left = buf_slice(&f->text);
	char what[64];

	while (left.len) {
		const char *end = memchr(left.at, '\n', left.len);
		size_t len = (size_t)(end - left.at); /* each line has one */

		log_warn("not read: %.*s", (int)len, left.at);
		left = (struct slice){ end + 1, left.len - len - 1 };
	}
	if (!f->count || why->kind)
		return;
	describe(f, what);
	fail(why, f->retry_helps ? FAILURE_LATER : FAILURE_REFUSED,
	     "%s %s not read, for the reasons above; the others are sealed, "
	     "and the stream has no end",
	     what, f->count == 1 ? "was" : "were");
	if (f->retry_helps)
		fail_next(why,
			  "run the same command again; with qb-pending before "
			  "qb-fetch it reads only the missing windows");
	else if (f->rows == f->count)
		fail_next(why, "correct in QuickBooks what it refuses to "
			       "return, then run the same command again");
}
