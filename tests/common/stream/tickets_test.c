/* covers: tickets */
#include "stream/tickets.h"
#include "tap.h"

#define TICKET \
	"{\"qb\":\"ticket\",\"window\":{\"entity\":\"Invoice\",\"by\":" \
	"\"updated\",\"start\":\"2025-01-01T00:00:00Z\",\"end\":" \
	"\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":2}}\n"
#define END(n) "{\"qb\":\"end\",\"windows\":" n ",\"rows\":0}\n"

static const struct {
	const char *name, *text;
	int tickets;
	enum failure_kind kind;
	const char *says;
} cases[] = {
	{ "two tickets and their end", TICKET TICKET END("2"), 2, FAILURE_NONE,
	  "" },
	{ "streams one after the other", TICKET END("1") TICKET END("1"), 2,
	  FAILURE_NONE, "" },
	{ "an end line and no tickets", END("0"), 0, FAILURE_NONE, "" },
	{ "an input of nothing is cut off", "", 0, FAILURE_LATER,
	  "line 1: input ended before its end line" },
	{ "tickets without an end are cut off", TICKET, 1, FAILURE_LATER,
	  "line 2: input ended before its end line" },
	{ "so are those after an end", END("0") TICKET, 1, FAILURE_LATER,
	  "line 3: input ended before its end line" },
	{ "an end with another number", TICKET END("2"), 1, FAILURE_DATA,
	  "line 2: 1 tickets came, the end line has another number" },
	{ "a line without its newline", TICKET "{", 1, FAILURE_DATA,
	  "line 2: the last line is incomplete: it has no newline" },
	{ "a line that is no envelope", "hello\n", 0, FAILURE_DATA,
	  "line 1: byte 0: not a JSON value" },
	{ "a receipt", "{\"qb\":\"receipt\",\"window\":{},\"load\":{}}\n", 0,
	  FAILURE_DATA, "line 1: not a ticket" },
	{ "a window that is not one", "{\"qb\":\"ticket\",\"window\":{}}\n", 0,
	  FAILURE_DATA,
	  "line 1: window: entity, by, start, end, no and of are all needed" },
};

static void
check(size_t i)
{
	struct failure why = { 0 };
	struct tickets in;
	enum tickets_got got;
	FILE *file = tmpfile();
	int tickets = 0;

	fputs(cases[i].text, file);
	rewind(file);
	tickets_init(&in, fileno(file), NULL);
	while ((got = tickets_next(&in, &why)) > TICKETS_DONE)
		tickets += got == TICKETS_ONE;
	ok(tickets == cases[i].tickets && why.kind == cases[i].kind &&
		   (got == TICKETS_FAILED) == (why.kind != FAILURE_NONE),
	   "%s", cases[i].name);
	is(why.text, cases[i].says, "and the words");
	tickets_free(&in);
	fclose(file);
}

int
main(void)
{
	for (size_t i = 0; i < LENGTH(cases); i++)
		check(i);
	return tap_done();
}
