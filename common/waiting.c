#include "waiting.h"
#include "copyrow.h"
#include "jsonb.h"
#include "lines.h"

enum {
	KEYS_IN_MEMORY = 1024 * 1024,
	LINES_IN_MEMORY = 3 * 1024 * 1024,
	MOST_PIECE_BYTES = 256 * 1024 * 1024,
};

void
waiting_init(struct waiting *w)
{
	*w = (struct waiting){ .latest_us = INT64_MIN };
	landrow_init(&w->row);
	spool_init(&w->keys, KEYS_IN_MEMORY);
	spool_init(&w->lines, LINES_IN_MEMORY);
	bits_init(&w->wanted);
	bits_init(&w->fresh);
	bits_init(&w->refused);
	buf_init(&w->piece, MOST_PIECE_BYTES);
}

void
waiting_free(struct waiting *w)
{
	landrow_free(&w->row);
	spool_free(&w->keys);
	spool_free(&w->lines);
	bits_free(&w->wanted);
	bits_free(&w->fresh);
	bits_free(&w->refused);
	buf_free(&w->piece);
}

void
waiting_clear(struct waiting *w, int64_t first_line)
{
	spool_clear(&w->keys);
	spool_clear(&w->lines);
	w->first_line = first_line;
	w->latest_us = INT64_MIN;
	w->realm[0] = '\0';
	w->wanted_count = w->refused_count = w->refused_fresh = 0;
}

static bool
same_company(struct waiting *w, struct failure *why)
{
	if (!w->realm[0])
		snprintf(w->realm, sizeof(w->realm), "%.*s",
			 SLICE_SHOWN(w->row.realm));
	if (slice_is(w->row.realm, w->realm))
		return true;
	return fail(why, FAILURE_DATA,
		    "a row of company %.*s in a window of company %s",
		    SLICE_SHOWN(w->row.realm), w->realm);
}

bool
waiting_add(struct waiting *w, const struct envelope *row, struct failure *why)
{
	buf_clear(&w->piece);
	if (!landrow_read(&w->row, row, why) || !same_company(w, why) ||
	    !landrow_write_key(&w->row, w->keys.records, &w->piece, why))
		return false;
	if (w->latest_us < w->row.fetched_us)
		w->latest_us = w->row.fetched_us;
	return spool_add(&w->keys, buf_slice(&w->piece), why) &&
	       spool_add(&w->lines, row->line, why);
}

static bool
copy_begin(struct waiting *w, struct pg *pg, const char *sql,
	   struct failure *why)
{
	buf_clear(&w->piece);
	return pg_copy_begin(pg, sql, why) && copyrow_header(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why);
}

static bool
copy_end(struct waiting *w, struct pg *pg, int64_t rows, struct failure *why)
{
	buf_clear(&w->piece);
	return copyrow_trailer(&w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why) &&
	       pg_copy_end(pg, rows, why);
}

bool
waiting_send_keys(struct waiting *w, struct pg *pg, struct failure *why)
{
	enum spool_got got;
	struct slice key;

	if (!spool_rewind(&w->keys, why) ||
	    !copy_begin(w, pg, "copy qb_keys from stdin (format binary)", why))
		return false;
	while ((got = spool_next(&w->keys, &key, why)) == SPOOL_RECORD)
		if (!pg_copy_add(pg, key, why))
			return false;
	return got == SPOOL_END && copy_end(w, pg, w->keys.records, why);
}

/* What was refused in an earlier try stays refused. */
bool
waiting_want_none(struct waiting *w, struct failure *why)
{
	w->wanted_count = 0;
	return bits_clear(&w->wanted, w->keys.records, why) &&
	       bits_clear(&w->fresh, w->keys.records, why) &&
	       (w->refused_count ||
		bits_clear(&w->refused, w->keys.records, why));
}

void
waiting_want(struct waiting *w, int64_t n, bool fresh)
{
	bits_on(&w->wanted, n);
	w->wanted_count++;
	if (fresh)
		bits_on(&w->fresh, n);
}

static void
refuse(struct waiting *w, int64_t n)
{
	if (bits_is_on(&w->refused, n))
		return;
	bits_on(&w->refused, n);
	w->refused_count++;
	w->refused_fresh += bits_is_on(&w->fresh, n);
}

/* Rows stand together in a stream: the n-th one's line follows from n. */
static bool
name_row(const struct waiting *w, int64_t n, struct failure *why)
{
	fail_in(why, "line %" PRId64 ": id %.*s", w->first_line + n,
		SLICE_SHOWN(w->row.id));
	if (why->kind != FAILURE_DATA)
		return false;
	return fail_next(why, "--rejects=FILE puts such rows aside and loads "
			      "the rest of the window");
}

/* Read the n-th line again: it went through waiting_add() once. */
static bool
read_again(struct waiting *w, struct slice line, struct failure *why)
{
	struct envelope e;

	return envelope_read(&e, line, why) && landrow_read(&w->row, &e, why);
}

static bool
send_row(struct waiting *w, struct pg *pg, const struct window *window,
	 int64_t n, bool may_refuse, struct failure *why)
{
	const char *reason;

	if (!jsonb_holds(w->row.payload, &reason)) {
		refuse(w, n);
		if (may_refuse)
			return true;
		fail(why, FAILURE_DATA, "jsonb cannot hold it: %s", reason);
		return name_row(w, n, why);
	}
	if (!pg)
		return true;
	buf_clear(&w->piece);
	return landrow_write_whole(&w->row, window, &w->piece, why) &&
	       pg_copy_add(pg, buf_slice(&w->piece), why);
}

bool
waiting_send_wanted(struct waiting *w, struct pg *pg,
		    const struct window *window, bool may_refuse,
		    struct failure *why)
{
	enum spool_got got;
	struct slice line;
	int64_t n = -1;

	if (!spool_rewind(&w->lines, why) ||
	    (pg &&
	     !copy_begin(w, pg, "copy qb_stage from stdin (format binary)",
			 why)))
		return false;
	while ((got = spool_next(&w->lines, &line, why)) == SPOOL_RECORD) {
		n++;
		if (!bits_is_on(&w->wanted, n) || bits_is_on(&w->refused, n))
			continue;
		if (!read_again(w, line, why) ||
		    !send_row(w, pg, window, n, may_refuse, why))
			return false;
	}
	return got == SPOOL_END &&
	       (!pg ||
		copy_end(w, pg, w->wanted_count - w->refused_count, why));
}

/* The place in the window of the row that was sent as the `copy_row`-th. */
static int64_t
place_of(const struct waiting *w, int64_t copy_row)
{
	for (int64_t n = 0; n < w->lines.records; n++)
		if (bits_is_on(&w->wanted, n) && !bits_is_on(&w->refused, n) &&
		    --copy_row == 0)
			return n;
	return -1;
}

bool
waiting_refuse_sent(struct waiting *w, int64_t copy_row, bool may_refuse,
		    struct failure *why)
{
	struct failure unread = { 0 };
	int64_t n = place_of(w, copy_row);
	struct slice line = { 0 };

	if (n < 0 || !spool_rewind(&w->lines, &unread))
		return false;
	for (int64_t i = 0; i <= n; i++)
		if (spool_next(&w->lines, &line, &unread) != SPOOL_RECORD)
			return false;
	if (!read_again(w, line, &unread))
		return false;
	refuse(w, n);
	return may_refuse || name_row(w, n, why);
}

static bool
write_refused(struct waiting *w, struct lines_out *out, struct failure *why)
{
	enum spool_got got;
	struct slice line;
	int64_t n = -1;

	if (!spool_rewind(&w->lines, why))
		return false;
	while ((got = spool_next(&w->lines, &line, why)) == SPOOL_RECORD) {
		n++;
		if (bits_is_on(&w->refused, n) &&
		    (!buf_add_slice(&out->pending, line, why) ||
		     !buf_add(&out->pending, "\n", 1, why) ||
		     !lines_push(out, why)))
			return false;
	}
	return got == SPOOL_END && lines_flush(out, why);
}

bool
waiting_write_refused(struct waiting *w, int fd, struct failure *why)
{
	struct lines_out out;
	bool done;

	lines_out_init(&out, fd);
	done = write_refused(w, &out, why);
	/* a pipe or a terminal has no disk to be on */
	if (done && fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		done = fail_errno(why, "fsync");
	if (!done)
		fail_in(why, "the file of --rejects");
	lines_out_free(&out);
	return done;
}
