/* covers: window_end */
#include "base/clock.h"
#include "quickbooks/window_end.h"
#include "tap.h"

static const char spelled[] =
	"{\"entity\":\"Invoice\",\"by\":\"updated\",\"start\":\"%s\","
	"\"end\":\"%s\",\"no\":1,\"of\":1}";

/* A window about now, in seconds. */
static bool
cut(int64_t start_s, int64_t end_s, struct window *w, struct buf *text,
    struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	int64_t now_s = clock_now_us() / CLOCK_SECOND;

	clock_format((now_s + start_s) * CLOCK_SECOND, start);
	clock_format((now_s + end_s) * CLOCK_SECOND, end);
	buf_clear(text);
	return buf_printf(text, why, spelled, start, end) &&
	       window_parse(w, buf_slice(text), why) &&
	       window_end_clamp(w, text, why);
}

static void
by_our_clock(void)
{
	struct failure why = { 0 };
	struct window w, again;
	struct buf text;

	buf_init(&text, 4096);
	ok(cut(-7200, -3600, &w, &text, &why) &&
		   w.end_us - w.start_us == 3600 * CLOCK_SECOND,
	   "a window that has passed stays as it is");
	ok(cut(-7200, 3600, &w, &text, &why) && w.end_us <= clock_now_us() &&
		   w.end_us > w.start_us,
	   "one that ends in the future ends now");
	ok(window_parse(&again, buf_slice(&text), &why) &&
		   again.end_us == w.end_us,
	   "and its object says so");
	ok(!cut(3600, 7200, &w, &text, &why) && why.kind == FAILURE_DATA &&
		   strstr(why.text, "Invoice 1/1 ("),
	   "one that begins there is refused, by name");
	buf_free(&text);
}

/* A window by change that is known to be empty until then. */
static void
known_to_be_empty(void)
{
	int64_t now_us = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND;
	struct window again, w = { .entity = entity_find(SLICE("Invoice")),
				   .by = WINDOW_BY_CHANGE,
				   .start_us = now_us - 7200 * CLOCK_SECOND,
				   .end_us = now_us + 7200 * CLOCK_SECOND,
				   .no = 1,
				   .of = 1 };
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 4096);
	w.empty_until_us = now_us - 3600 * CLOCK_SECOND;
	ok(window_end_clamp(&w, &text, &why) &&
		   w.empty_until_us == now_us - 3600 * CLOCK_SECOND &&
		   window_parse(&again, buf_slice(&text), &why) &&
		   again.empty_until_us == w.empty_until_us &&
		   again.start_us == w.start_us,
	   "until when a window is empty stays as it is");
	w.end_us = now_us + 7200 * CLOCK_SECOND;
	w.empty_until_us = now_us + 3600 * CLOCK_SECOND;
	ok(window_end_clamp(&w, &text, &why) && w.empty_until_us == w.end_us &&
		   window_parse(&again, buf_slice(&text), &why),
	   "but lies in the window when that is cut");
	buf_free(&text);
}

static void
by_their_clock(void)
{
	struct slice at = SLICE("2025-09-12T18:43:35.406-07:00");
	struct failure why = { 0 };
	int64_t end_us, wait_s = 0;

	if (!clock_parse(SLICE("2025-09-13T01:43:30Z"), &end_us))
		return;
	ok(window_end_check(end_us, at, &wait_s, &why),
	   "it has passed by their clock");
	ok(window_end_check(end_us, (struct slice){ 0 }, &wait_s, &why),
	   "who says no time is believed");
	end_us += 10 * CLOCK_SECOND;
	ok(!window_end_check(end_us, at, &wait_s, &why) && !why.kind &&
		   wait_s == 5,
	   "a clock that is some seconds behind is waited for");
	end_us += 3600 * CLOCK_SECOND;
	ok(!window_end_check(end_us, at, &wait_s, &why) &&
		   why.kind == FAILURE_LATER,
	   "one that is an hour behind is told");
}

int
main(void)
{
	by_our_clock();
	known_to_be_empty();
	by_their_clock();
	return tap_done();
}
