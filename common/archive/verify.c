#include <fcntl.h>

#include "archive/verify.h"

/* Does the file's name contain the digits of this digest? */
static bool
has_digest_in_name(const char *path, const char *sha256)
{
	const char *at = strrchr(path, '_');

	return at && !strncmp(at + 1, sha256, 12);
}

/*
 * The file of an empty window is the same for every --by (qb-archive(1)), so
 * `by` is not compared.
 */
static bool
is_expected(const struct stream *s, const struct archive_expected *want)
{
	return s->window.entity == want->entity &&
	       s->window.start_us == want->range.start_us &&
	       s->window.end_us == want->range.end_us &&
	       slice_is(s->seal.realm, want->realm);
}

static bool
check_seal(const char *path, const struct stream *s,
	   const struct archive_expected *want, struct archive_verdict *found)
{
	found->rows = s->seal.rows;
	if (!is_expected(s, want))
		return fail(&found->verdict, FAILURE_DATA,
			    "it holds another window");
	if (!has_digest_in_name(path, s->seal.sha256))
		return fail(&found->verdict, FAILURE_DATA,
			    "its seal does not match its name");
	found->altered = !has_digest_in_name(path, want->sha256);
	if (found->altered || (!strcmp(want->sha256, s->seal.sha256) &&
			       want->rows == s->seal.rows))
		return true;
	return fail(&found->verdict, FAILURE_DATA,
		    "its seal differs from the load log");
}

/* A damaged file is a result of the check, not a failure of it. */
static bool
clear_failure(struct failure *why)
{
	*why = (struct failure){ 0 };
	return true;
}

/* The file must hold one window and an end. */
static bool
read_stream(int fd, const char *path, const struct archive_expected *want,
	    struct archive_verdict *found, struct failure *why)
{
	enum stream_got got;
	struct stream s;
	int64_t seals = 0;

	stream_init(&s, fd, NULL);
	while ((got = stream_next(&s, why)) > STREAM_DONE)
		if (got == STREAM_SEAL && !seals++)
			check_seal(path, &s, want, found);
	stream_free(&s);
	if (got == STREAM_FAILED && why->kind == FAILURE_IO)
		return false;
	if (got == STREAM_FAILED) {
		found->verdict = *why;
		found->verdict.kind = FAILURE_DATA;
		clear_failure(why);
	} else if (seals != 1) {
		fail(&found->verdict, FAILURE_DATA,
		     "it holds %" PRId64 " windows, not one", seals);
	}
	return true;
}

static bool
state_is_whole(enum archive_state state, struct archive_verdict *found)
{
	switch (state) {
	case ARCHIVE_MISSING:
		return fail(&found->verdict, FAILURE_LATER, "it is missing");
	case ARCHIVE_UNLISTED:
		return fail(&found->verdict, FAILURE_DATA,
			    "%s does not list it", SHA256SUMS_NAME);
	case ARCHIVE_DAMAGED:
		return fail(&found->verdict, FAILURE_DATA,
			    "it does not match %s", SHA256SUMS_NAME);
	case ARCHIVE_WHOLE:
		break;
	}
	return true;
}

bool
archive_verify(int folder, const char *path,
	       const struct archive_expected *want,
	       struct archive_verdict *found, struct failure *why)
{
	enum archive_state state;

	*found = (struct archive_verdict){ 0 };
	if (!archive_file_state(folder, path, &state, why)) {
		found->verdict = *why;
		return why->kind == FAILURE_DATA && clear_failure(why);
	}
	if (!state_is_whole(state, found))
		return true;
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(why, path);
	bool done = read_stream(fd, path, want, found, why);
	close(fd);
	return done || fail_in(why, "%s", path);
}

/* `why` stays if the file cannot be read again. */
static void
find_invalid_row(int fd, const struct stream *s, int64_t line,
		 struct failure *why)
{
	struct failure wrong = { 0 };
	struct lines_in in;
	struct slice text;
	bool json = true;

	lines_in_init(&in, fd, NULL);
	while (json && lines_next(&in, &text, &wrong) == LINES_ONE) {
		json = json_check(text, &wrong);
		line += json;
	}
	if (!json) {
		window_fail_in(&s->window, &wrong);
		fail_in(&wrong, "line %" PRId64, line);
		*why = wrong;
	}
	lines_in_free(&in);
}

void
archive_explain(struct archive_writer *a, const struct stream *s, int64_t first,
		struct failure *why)
{
	struct failure unread = { 0 };
	int fd = why->kind == FAILURE_DATA ? archive_writer_reopen(a, &unread)
					   : -1;

	if (fd < 0)
		return;
	find_invalid_row(fd, s, first, why);
	close(fd);
}
