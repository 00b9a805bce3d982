/* Why something did not work: what is kept, and what is cut. */
#include "base/failure.h"
#include "tap.h"

static void
test_words(void)
{
	struct failure why = { 0 };

	ok(!fail(&why, FAILURE_DATA, "%d rows", 7) && why.kind == FAILURE_DATA,
	   "fail() returns false and keeps the kind");
	is(why.text, "7 rows", "and the text");
	ok(!fail_next(&why, "look at %s", "it") && why.kind == FAILURE_DATA,
	   "the next step changes nothing else");
	is(why.next, "look at it", "and is kept");
	ok(!fail_in(&why, "line %d", 3) && !fail_in(&why, "stdin"),
	   "places go in front");
	is(why.text, "stdin: line 3: 7 rows", "the last one first");
	is(why.next, "look at it", "the next step stays");
	ok(!fail(&why, FAILURE_LATER, "again"), "another failure");
	is(why.next, "", "has a next step of its own, or none");
	errno = ENOSPC;
	ok(!fail_errno(&why, "write") && why.kind == FAILURE_IO,
	   "a system call that failed is this machine's matter");
	is(why.text, "write: No space left on device", "with the reason");
}

static void
test_long(void)
{
	char text[4096];
	struct failure why = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fail(&why, FAILURE_DATA, "%s", text);
	ok(strlen(why.text) == sizeof(why.text) - 1, "a long text is cut");
	fail_in(&why, "here");
	ok(strlen(why.text) == sizeof(why.text) - 1 &&
		   !strncmp(why.text, "here: xxx", 9),
	   "the place in front of it is not lost");
	fail_in(&why, "%s", text);
	ok(strlen(why.text) == sizeof(why.text) - 1, "a long place is cut");
	fail_next(&why, "%s", text);
	ok(strlen(why.next) == sizeof(why.next) - 1, "a long next step too");
}

int
main(void)
{
	test_words();
	test_long();
	return tap_done();
}
