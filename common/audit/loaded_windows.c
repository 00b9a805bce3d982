#include "audit/loaded_windows.h"
#include "archive/verify.h"

static bool
check_file(const struct loaded_windows *w, struct proof *p,
	   const struct ledger_window *window, struct failure *why)
{
	struct archive_expected want = { w->ledger->realm, p->entity,
					 window->range, window->sha256,
					 window->totals.rows };
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
			time_ranges_add(&p->archived, window.range);
			done = !*window.file || check_file(w, p, &window, why);
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

bool
loaded_windows_check(const struct loaded_windows *w, struct proof *p,
		     struct narrowing *pieces, struct failure *why)
{
	return check_windows(w, p, false, pieces, why) &&
	       (!p->with_archive || check_windows(w, p, true, pieces, why));
}
