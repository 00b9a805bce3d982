/* covers: change windows window_end */
#include "base/clock.h"
#include "quickbooks/change_windows.h"
#include "tap.h"

static struct change_windows windows;

/* A window about now, in seconds; `empty_s` 0: none. */
static bool
add(const char *entity, int64_t start_s, int64_t end_s, int64_t empty_s,
    const char *known, struct failure *why)
{
	int64_t now_us = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND;
	struct window w = { .entity = entity_find(slice_of(entity)),
			    .by = WINDOW_BY_CHANGE,
			    .start_us = now_us + start_s * CLOCK_SECOND,
			    .end_us = now_us + end_s * CLOCK_SECOND,
			    .no = 1,
			    .of = 1 };
	struct buf text;

	if (empty_s)
		w.empty_until_us = now_us + empty_s * CLOCK_SECOND;
	*why = (struct failure){ 0 };
	buf_init(&text, 1024);
	bool added = window_write(&w, &text, why) &&
		     change_windows_add(&windows, &w, buf_slice(&text),
					known ? slice_of(known)
					      : (struct slice){ 0 },
					(struct slice){ 0 }, why);
	buf_free(&text);
	return added;
}

static int64_t
ago_s(int64_t at_us)
{
	return (clock_now_us() - at_us) / CLOCK_SECOND;
}

static bool
is_about(int64_t got_s, int64_t want_s)
{
	return got_s >= want_s && got_s < want_s + 10;
}

static void
test_since(void)
{
	const struct entity *bill = entity_find(SLICE("Bill"));
	const struct entity *vendor = entity_find(SLICE("Vendor"));
	struct failure why;

	change_windows_clear(&windows);
	ok(add("Bill", -900, -800, 0, NULL, &why) &&
		   add("Vendor", -5000, -400, -600, NULL, &why) &&
		   add("Bill", -2000, -1500, 0, NULL, &why),
	   "three windows of two entities");
	ok(is_about(ago_s(change_windows_since(&windows, bill)), 2000),
	   "the log is asked from the earlier start on");
	ok(is_about(ago_s(change_windows_end(&windows, bill)), 800),
	   "and the later end is its end");
	ok(is_about(ago_s(change_windows_since(&windows, vendor)), 600),
	   "of a window that is known to be empty from there on");
	ok(windows.at[1].window.start_us < windows.at[1].since_us &&
		   slice_is(buf_slice(&windows.at[1].text),
			    windows.at[1].text.at) &&
		   strstr(windows.at[1].text.at, "\"empty_until\""),
	   "but it begins where it did, and says so");
	change_windows_set(&windows, bill, CHANGE_READ);
	ok(windows.at[0].state == CHANGE_READ &&
		   windows.at[1].state == CHANGE_WAITS &&
		   windows.at[2].state == CHANGE_READ,
	   "the state of an entity's windows");
	change_windows_set(&windows, bill, CHANGE_BY_QUERY);
	ok(windows.at[0].state == CHANGE_READ, "only of those that wait");
	ok(change_windows_since(&windows, bill) == INT64_MAX &&
		   change_windows_end(&windows, bill) == 0,
	   "and none of these waits now");
}

static void
test_whole_seconds(void)
{
	struct failure why = { 0 };
	struct window w;
	struct slice text =
		SLICE("{\"entity\":\"Bill\",\"by\":\"change\",\"start\":"
		      "\"2026-01-05T10:00:00.750000Z\",\"end\":"
		      "\"2026-01-05T11:00:00Z\",\"no\":1,\"of\":1}");

	change_windows_clear(&windows);
	ok(window_parse(&w, text, &why) &&
		   change_windows_add(&windows, &w, text, (struct slice){ 0 },
				      (struct slice){ 0 }, &why) &&
		   windows.at[0].since_us ==
			   w.start_us / CLOCK_SECOND * CLOCK_SECOND &&
		   windows.at[0].since_us < w.start_us,
	   "the log is asked in whole seconds, never too late");
	ok(slice_equal(buf_slice(&windows.at[0].text), text),
	   "the window's object is the ticket's");
}

static void
test_future(void)
{
	struct failure why;

	change_windows_clear(&windows);
	ok(add("Bill", -900, 900, 0, NULL, &why) &&
		   is_about(ago_s(windows.at[0].window.end_us), 0),
	   "a window that ends in the future ends now");
	ok(add("Bill", -900, 900, 500, NULL, &why) &&
		   is_about(ago_s(windows.at[1].window.empty_until_us), 0),
	   "nor is it known to be empty until then");
	ok(!add("Bill", 900, 1900, 0, NULL, &why) && why.kind == FAILURE_DATA &&
		   windows.count == 2,
	   "one that begins there is refused, and not kept");
}

static void
test_known(void)
{
	static const char *const wrong[] = {
		"{\"a\":1}", "[1]",    "[null]",        "\"1\"",
		"[[\"1\"]]", "[\"1\"", "[\"\\u0031\"]",
	};
	struct failure why;
	size_t refused = 0;

	change_windows_clear(&windows);
	ok(add("Bill", -900, -800, 0, "[\"12\",\"979\",\"12\"]", &why) &&
		   id_set_pass(&windows.at[0].known_gone, SLICE("979")) &&
		   id_set_pass(&windows.at[0].known_gone, SLICE("12")) &&
		   !id_set_pass(&windows.at[0].known_gone, SLICE("1")),
	   "Ids that are known to be gone");
	ok(add("Bill", -900, -800, 0, "[]", &why) &&
		   add("Bill", -900, -800, 0, NULL, &why) &&
		   !id_set_pass(&windows.at[2].known_gone, SLICE("12")),
	   "none, and no such member; each window has its own");
	for (size_t i = 0; i < LENGTH(wrong); i++)
		refused += !add("Bill", -900, -800, 0, wrong[i], &why) &&
			   why.kind == FAILURE_DATA &&
			   strstr(why.text, "known_gone");
	ok(refused == LENGTH(wrong), "anything else is refused");
	ok(windows.count == 3, "and its window is not kept");
}

int
main(void)
{
	change_windows_init(&windows);
	test_since();
	test_whole_seconds();
	test_future();
	test_known();
	change_windows_free(&windows);
	ok(!windows.at && !windows.count, "freed");
	return tap_done();
}
