/*
 * script.h - what shall go wrong, and when.
 *
 * One rule a line; # begins a comment:
 *
 *	[entity E] WHEN [times N|always] DO [and DO ...]
 *
 * WHEN is one of
 *	request N | request N..M   the N-th request that passed the gateway
 *	every N                    every N-th of them
 *	page N                     rows from startposition (N-1)*maxresults+1 on
 *	start N                    rows from startposition N on
 *	row ID                     a page with the row of this Id
 *	position N                 a page with the N-th row of what is asked for
 *	count                      a COUNT
 *	cdc                        a request for changes; with `entity E` one
 *	                           that names E
 *	report                     a request for a report; with `entity E` one
 *	                           for the report E
 *	count-over N               a COUNT of more than N rows
 *	count-longer TIME          a COUNT over a longer time: 90s 15m 12h 7d
 *	any                        any query; a request for changes is none,
 *	                           nor is one for a report
 *	token                      a call of the token endpoint
 * It holds once unless `times` says more; request, every, row, position,
 * count-over and count-longer hold always.
 *
 * DO is one of
 *	status N [code C] [body html|xml|json|empty] [retry-after S]
 *	fault-in-200 [code C]
 *	html  empty                with status 200
 *	other-entity  repeat-page  one-more  ignore-filter
 *	fault-in-response [code C] a Fault where the rows belong, with status
 *200 no-time                    the time of the answer is none no-offset nor
 *have LastUpdatedTimes an offset one-object                 a page's first row,
 *without its array empty-response             {"QueryResponse":{}}, to a COUNT,
 *too cut-json  no-comma         whole as HTTP, broken as JSON cut-body
 *reset-in-body    broken as HTTP, in the middle reset before any answer stall
 *MS                   in the middle of the body wait MS before the answer
 *	gzip-cut  gzip-crc  gzip-garbage  gzip-not  gzip-bomb
 *	edit N  delete N           the first N rows of what is asked for, just
 *	                           before: they leave it, and the pages shift
 *	edit-last N  delete-last N the same with its last rows
 *	edit-here N  delete-here N the same with the first rows of the page
 *	return N                   N rows that were deleted come back, as new
 *	                           rows enter a range of TxnDate
 *	mark-deleted ID            changes say that this row is deleted, though
 *	                           it is there; of the rule's entity, or of
 *	                           each that has it
 *	bare-tombstones            deleted rows come without MetaData
 *	cut-report                 a report has more than QuickBooks displays
 *	expire                     access tokens are stale from now on
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "look.h"

enum { SCRIPT_RULES = 256, SCRIPT_WORD = 32, SCRIPT_MARKS = 16 };

enum script_when {
	SCRIPT_REQUEST,
	SCRIPT_EVERY,
	SCRIPT_PAGE,
	SCRIPT_START,
	SCRIPT_ROW,
	SCRIPT_POSITION,
	SCRIPT_COUNT_OVER,
	SCRIPT_COUNT_LONGER,
	SCRIPT_COUNT,
	SCRIPT_CDC,
	SCRIPT_REPORT,
	SCRIPT_ANY,
	SCRIPT_TOKEN,
};

enum script_damage {
	SCRIPT_WHOLE,
	SCRIPT_HTML,
	SCRIPT_EMPTY,
	SCRIPT_FAULT,
	SCRIPT_FAULT_INSIDE,
	SCRIPT_NO_TIME,
	SCRIPT_NO_OFFSET,
	SCRIPT_ONE_OBJECT,
	SCRIPT_EMPTY_RESPONSE,
	SCRIPT_CUT_JSON,
	SCRIPT_NO_COMMA,
	SCRIPT_CUT_BODY,
	SCRIPT_RESET_IN_BODY,
	SCRIPT_RESET,
	SCRIPT_GZIP_CUT,
	SCRIPT_GZIP_CRC,
	SCRIPT_GZIP_GARBAGE,
	SCRIPT_GZIP_NOT,
	SCRIPT_GZIP_BOMB,
};

struct script_mark {
	char entity[SCRIPT_WORD]; /* "": any */
	int64_t id;
};

/* Everything that rules say about one request. */
struct script_verdict {
	int64_t status; /* 0: the true one */
	char code[SCRIPT_WORD], body[SCRIPT_WORD];
	int64_t retry_after; /* seconds, 0: no header */
	enum script_damage damage;
	bool other_entity, repeat_page, one_more, ignore_filter, expire;
	int64_t wait_ms, stall_ms;
	int64_t edit, delete, edit_last, delete_last, edit_here, delete_here;
	int64_t restore;
	bool bare_tombstones, cut_report;
	struct script_mark marks[SCRIPT_MARKS];
	size_t mark_count;
	char name[SCRIPT_WORD]; /* of the rule, for the log */
};

struct script_rule {
	char entity[SCRIPT_WORD];
	enum script_when when;
	int64_t from, to;
	int64_t times; /* left; -1: always */
	struct script_verdict verdict;
};

struct script {
	struct script_rule rules[SCRIPT_RULES];
	size_t count;
};

/* FAILURE_USAGE names the line and its word. */
bool script_read(struct script *s, const char *path,
		 struct failure *why) MUST_CHECK;

/* Is there a rule that needs to know which rows are asked for? */
bool script_looks(const struct script *s);

/* What rules are held against. */
struct script_request {
	int64_t number;               /* from 1 */
	const struct question *asked; /* NULL when it is no query */
	const struct look *look;      /* what the query would be answered */
	const char *changes; /* the entities whose changes are asked for, or
			      * NULL */
	const char *report;  /* the report that is asked for, or NULL */
	bool token;          /* a call of the token endpoint */
};

/* Rules are used up.  Not for two threads at once. */
void script_judge(struct script *s, const struct script_request *r,
		  struct script_verdict *verdict);

#endif
