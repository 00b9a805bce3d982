#include "audit/loaded_windows.h"
#include "archive/verify.h"
#include "check/last_reading.h"

static bool
check_file(const struct loaded_windows *w, struct proof *p,
	   const struct archived_window *window, struct failure *why)
{
	struct archive_expected want = { w->ledger->realm, p->entity,
					 window->range, window->sha256,
					 window->rows };
	struct archive_verdict found;

	if (!archive_verify(w->archive_fd, window->file, &want, &found, why))
		return fail_in(why, "%s", w->archive);
	if (found.verdict.kind) {
		proof_add_finding(p, found.verdict.kind, "%s: %s", window->file,
				  found.verdict.text);
		return true;
	}
	p->files++;
	p->file_rows += found.rows;
	p->altered += found.altered;
	return true;
}

static bool
check_windows(const struct loaded_windows *w, struct proof *p, bool archived,
	      struct narrowing *pieces, struct failure *why)
{
	struct ledger_windows windows;
	size_t *chosen = NULL;
	bool done = ledger_windows_read(w->ledger, p, w->run, archived,
					&windows, why);

	if (!done)
		goto out;
	chosen = base_realloc(NULL, (windows.count + 1) * sizeof(*chosen));
	size_t count = time_ranges_choose(windows.ranges, windows.count,
					  p->range, chosen);
	for (size_t i = 0; i < count && done; i++) {
		struct ledger_window window;

		ledger_window_at(&windows, chosen[i], &window);
		if (archived) {
			const struct archived_window file = {
				window.range, window.totals.rows, window.sha256,
				window.file
			};

			time_ranges_add(&p->archived, window.range);
			done = !*window.file || check_file(w, p, &file, why);
			continue;
		}
		proof_add_window(p, &window.totals, window.range);
		narrowing_add_window(pieces, window.range,
				     window.totals.dropped +
					     window.totals.rejected);
	}
out:
	free(chosen);
	ledger_windows_free(&windows);
	return done;
}

/* What a replay would need, not what covers the range: a reading leaves out
 * what the table has already. */
static bool
check_whole_files(const struct loaded_windows *w, struct proof *p,
		  struct failure *why)
{
	struct pg_result answer;
	bool done = whole_files_read(w->ledger, p, w->run, &answer, why);

	for (int i = 0; done && i < answer.rows; i++) {
		struct archived_window window;

		whole_files_at(&answer, i, &window);
		if (*window.file)
			done = check_file(w, p, &window, why);
		else
			proof_add_range(p, FAILURE_LATER, "not archived",
					window.range);
	}
	pg_result_free(&answer);
	time_ranges_add(&p->archived, p->range);
	return done;
}

bool
loaded_windows_check(const struct loaded_windows *w, struct proof *p,
		     struct narrowing *pieces, struct failure *why)
{
	if (!check_windows(w, p, false, pieces, why))
		return false;
	if (!p->with_archive)
		return true;
	return p->by == WINDOW_BY_WHOLE
		       ? check_whole_files(w, p, why)
		       : check_windows(w, p, true, pieces, why);
}
