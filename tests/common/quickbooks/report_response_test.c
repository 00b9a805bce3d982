/* covers: report_request report_response object_response */
#include "mutants.h"
#include "quickbooks/object_response.h"
#include "quickbooks/report_response.h"
#include "tap.h"

/* --- what is requested ---------------------------------------------------- */

static const struct {
	const char *entity, *start, *end;
	const char *path, *id; /* or `path` NULL, and `id` the failure */
} requests[] = {
	{ "report:ProfitAndLoss:Cash", "2025-01-01T00:00:00Z",
	  "2025-02-01T00:00:00Z", "reports/ProfitAndLoss",
	  "ProfitAndLoss?accounting_method=Cash&end_date=2025-01-31&"
	  "start_date=2025-01-01" },
	{ "report:profitandloss", "2024-02-01T00:00:00Z",
	  "2024-03-01T00:00:00Z", "reports/ProfitAndLoss",
	  "ProfitAndLoss?end_date=2024-02-29&start_date=2024-02-01" },
	{ "report:JournalReport", "2025-01-01T00:00:00Z",
	  "2025-01-02T00:00:00Z", "reports/JournalReport",
	  "JournalReport?end_date=2025-01-01&start_date=2025-01-01" },
	{ "report:AgedReceivables", "2025-01-01T00:00:00Z",
	  "2025-02-01T00:00:00Z", "reports/AgedReceivables",
	  "AgedReceivables?aging_method=Report_Date&report_date=2025-01-31" },
	{ "report:CustomerBalance", "2025-01-01T00:00:00Z",
	  "2025-02-01T00:00:00Z", "reports/CustomerBalance",
	  "CustomerBalance?report_date=2025-01-31" },
	{ "report:ProfitAndLoss", "1969-12-01T00:00:00Z",
	  "1970-01-01T00:00:00Z", "reports/ProfitAndLoss",
	  "ProfitAndLoss?end_date=1969-12-31&start_date=1969-12-01" },
	{ "report:ProfitAndLoss", "2025-01-01T05:00:00Z",
	  "2025-02-01T05:00:00Z", NULL,
	  "the window of a report has whole days, from midnight to midnight in "
	  "UTC" },
	{ "Invoice", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", NULL,
	  "not the window of a report" },
};

static struct window
window_of(const char *entity, const char *start, const char *end)
{
	struct window w = { .entity = entity_find(slice_of(entity)),
			    .by = WINDOW_BY_REPORT };

	if (!w.entity || !clock_parse(slice_of(start), &w.start_us) ||
	    !clock_parse(slice_of(end), &w.end_us))
		abort();
	return w;
}

static void
test_requests(void)
{
	for (size_t i = 0; i < LENGTH(requests); i++) {
		struct report_request r;
		struct failure why = { 0 };
		const struct window w = window_of(
			requests[i].entity, requests[i].start, requests[i].end);
		bool made = report_request_make(&r, &w, &why);

		is(made ? r.id : why.text, requests[i].id, requests[i].id);
		ok(made == (requests[i].path != NULL), "or it is refused");
		if (!made)
			continue;
		is(r.path, requests[i].path, "its path");
		is(r.parameters, strchr(r.id, '?') + 1, "its parameters");
	}
}

/* Are the words between & in alphabetical order? */
static bool
is_sorted(const char *words)
{
	for (const char *next = strchr(words, '&'); next;
	     words = next, next = strchr(words, '&'))
		if (strcmp(words, ++next) >= 0)
			return false;
	return true;
}

static void
test_all_reports(void)
{
	int bad = 0;

	for (size_t i = 0; report_at(i); i++) {
		char name[64];
		struct report_request r;
		struct failure why;

		snprintf(name, sizeof(name), "%s%s%s", REPORT_PREFIX,
			 report_at(i)->name,
			 report_at(i)->basis ? ":Accrual" : "");
		const struct window w = window_of(name, "2025-01-01T00:00:00Z",
						  "2025-04-01T00:00:00Z");
		bad += !report_request_make(&r, &w, &why) ||
		       strlen(r.id) + 1 >= sizeof(r.id) ||
		       !is_sorted(r.parameters);
		bad += i &&
		       strcmp(report_at(i - 1)->name, report_at(i)->name) >= 0;
	}
	ok(!bad, "all reports can be requested, and are in their order");
}

/* --- what comes ----------------------------------------------------------- */

#define TAIL ",\"Columns\":{\"Column\":[]},\"Rows\":{\"Row\":[]}}"
#define REPORT(header) "{\"Header\":{" header "}" TAIL
#define PL \
	"\"Time\":\"2025-03-03T13:00:18-08:00\",\"ReportName\":" \
	"\"ProfitAndLoss\",\"ReportBasis\":\"Cash\",\"StartPeriod\":" \
	"\"2025-01-01\",\"EndPeriod\":\"2025-01-31\",\"Currency\":\"USD\"," \
	"\"Option\":[{\"Name\":\"AccountingStandard\",\"Value\":\"GAAP\"}," \
	"{\"Name\":\"NoReportData\",\"Value\":\"false\"}]"
#define PERIOD "\"StartPeriod\":\"2025-01-01\",\"EndPeriod\":\"2025-01-31\""
#define DAY "{\"Name\":\"report_date\",\"Value\":\"2025-01-31\"}"
#define AGED "\"ReportName\":\"AgedReceivables\""
#define CUT \
	"{\"Header\":{" PL "},\"Columns\":{},\"Rows\":{\"Row\":[{\"ColData\":" \
	"[{\"value\":\"Unable to display more data. Please reduce the date " \
	"range.\"}],\"type\":\"Data\"}]}}"

static const struct {
	const char *name, *entity, *body;
	const char *want; /* the failure; NULL: it is what was requested */
} cases[] = {
	{ "the report", "report:ProfitAndLoss:Cash", REPORT(PL), NULL },
	{ "its members in another order", "report:ProfitAndLoss:Cash",
	  "{\"Rows\":{},\"Columns\":{},\"time\":1,\"Header\":{" PL "}}", NULL },
	{ "on the basis that the company has", "report:ProfitAndLoss",
	  REPORT(PL), NULL },
	{ "without a basis, and none was requested", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\"," PERIOD), NULL },
	{ "without data: no rows either", "report:ProfitAndLoss",
	  "{\"Header\":{\"ReportName\":\"ProfitAndLoss\"," PERIOD
	  ",\"Option\":[{\"Name\":\"NoReportData\",\"Value\":\"true\"}]}}",
	  NULL },
	{ "of a day, by an Option", "report:AgedReceivables",
	  REPORT(AGED ",\"Option\":[" DAY "]"), NULL },
	{ "of a day, by the end of its period", "report:AgedReceivables",
	  REPORT(AGED ",\"EndPeriod\":\"2025-01-31\""), NULL },
	{ "of a day, and the default period beside it",
	  "report:AgedReceivables",
	  REPORT(AGED ",\"EndPeriod\":\"2026-11-30\",\"Option\":[" DAY "]"),
	  NULL },

	{ "another report", "report:ProfitAndLoss:Cash",
	  REPORT("\"ReportName\":\"BalanceSheet\"," PERIOD
		 ",\"ReportBasis\":\"Cash\""),
	  "QuickBooks ignored a parameter: ReportName is \"BalanceSheet\", and "
	  "ProfitAndLoss was requested" },
	{ "another start", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\",\"StartPeriod\":\"2026-01-01"
		 "\",\"EndPeriod\":\"2025-01-31\""),
	  "QuickBooks ignored a parameter: StartPeriod is \"2026-01-01\", and "
	  "2025-01-01 was requested" },
	{ "another end", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\",\"StartPeriod\":\"2025-01-01"
		 "\",\"EndPeriod\":\"2025-02-01\""),
	  "QuickBooks ignored a parameter: EndPeriod is \"2025-02-01\", and "
	  "2025-01-31 was requested" },
	{ "no period", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\""),
	  "the report has no StartPeriod, which must be 2025-01-01" },
	{ "the other basis", "report:ProfitAndLoss:Accrual", REPORT(PL),
	  "QuickBooks ignored a parameter: ReportBasis is \"Cash\", and "
	  "Accrual "
	  "was requested" },
	{ "no basis", "report:ProfitAndLoss:Cash",
	  REPORT("\"ReportName\":\"ProfitAndLoss\"," PERIOD),
	  "the report has no ReportBasis, which must be Cash" },
	{ "another day", "report:AgedReceivables",
	  REPORT(AGED ",\"EndPeriod\":\"2025-01-31\",\"Option\":[{\"Name\":"
		      "\"report_date\",\"Value\":\"2026-11-30\"}]"),
	  "QuickBooks ignored a parameter: report_date is \"2026-11-30\", and "
	  "2025-01-31 was requested" },
	{ "no day", "report:AgedReceivables", REPORT(AGED),
	  "the report has no report_date, which must be 2025-01-31" },
	{ "a part of it", "report:ProfitAndLoss:Cash", CUT,
	  "QuickBooks cut the report: it has more data than QuickBooks "
	  "displays" },

	{ "no Header", "report:ProfitAndLoss", "{\"Rows\":{},\"Columns\":{}}",
	  "no Header with a ReportName" },
	{ "a Header without a name", "report:ProfitAndLoss", REPORT(PERIOD),
	  "no Header with a ReportName" },
	{ "two Headers", "report:ProfitAndLoss",
	  "{\"Header\":{" PL "},\"Header\":{" PL "}" TAIL, "a second Header" },
	{ "a Header that is a list", "report:ProfitAndLoss",
	  "{\"Header\":[]" TAIL, "a Header that is not an object" },
	{ "no Columns", "report:ProfitAndLoss:Cash",
	  "{\"Header\":{" PL "},\"Rows\":{}}", "no Columns" },
	{ "no Rows", "report:ProfitAndLoss:Cash",
	  "{\"Header\":{" PL "},\"Columns\":{},\"Rows\":[]}", "no Rows" },
	{ "a period that is a number", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\",\"StartPeriod\":2025"),
	  "a StartPeriod that is not a plain string" },
	{ "an Option that is a number", "report:ProfitAndLoss",
	  REPORT("\"ReportName\":\"ProfitAndLoss\",\"Option\":[1]"),
	  "an Option that is not an object" },
	{ "JSON that is cut", "report:ProfitAndLoss", "{\"Header\":{" PL "}",
	  "byte 261: the text is cut off" },
	{ "HTML", "report:ProfitAndLoss", "<html>",
	  "the body is not an object" },
};

static void
check(size_t i)
{
	const struct window w =
		window_of(cases[i].entity, "2025-01-01T00:00:00Z",
			  "2025-02-01T00:00:00Z");
	struct report_response r;
	struct report_request request;
	struct failure why = { 0 };

	if (!report_request_make(&request, &w, &why))
		abort();
	bool read = report_response_parse(&r, slice_of(cases[i].body), &why);
	bool good = read && report_response_check(&r, &request, &why);
	is(good ? "it is" : why.text, cases[i].want ? cases[i].want : "it is",
	   cases[i].name);
	if (!good)
		ok(why.kind == (read ? FAILURE_REFUSED : FAILURE_DATA),
		   "%s: of its kind", cases[i].name);
}

static void
test_times(void)
{
	static const char *const bodies[] = {
		REPORT(PL),
		REPORT("\"ReportName\":\"A\",\"Time\":\"yesterday\""),
		REPORT("\"ReportName\":\"A\",\"Time\":\"2025-03-03T13:00:"
		       "18\"")
	};
	struct report_response r;
	struct failure why;

	for (size_t i = 0; i < LENGTH(bodies); i++) {
		bool good =
			report_response_parse(&r, slice_of(bodies[i]), &why);

		ok(good && (i ? !r.time.at
			      : slice_is(r.time, "2025-03-03T13:00:18-08:00")),
		   "a time is used if it has an offset (%zu)", i);
	}
}

static void
test_advice(void)
{
	struct report_request r;
	struct failure why = { 0 };
	struct window w =
		window_of("report:GeneralLedger:Cash", "2025-01-01T00:00:00Z",
			  "2026-01-01T00:00:00Z");

	ok(report_request_make(&r, &w, &why) &&
		   !report_response_advise(&r, &why) &&
		   strstr(why.next, "qb-window report:GeneralLedger:Cash "
				    "--from=2025-01-01 --every="),
	   "shorter periods are the advice");
	w.end_us = w.start_us + CLOCK_DAY;
	ok(report_request_make(&r, &w, &why) &&
		   !report_response_advise(&r, &why) &&
		   !strstr(why.next, "--every"),
	   "unless it is of one day");
}

/* --- one object ----------------------------------------------------------- */

static void
test_objects(void)
{
	static const struct {
		const char *body, *want;
	} objects[] = {
		{ "{\"Header\":{}}", NULL },
		{ "{\"Header\":{},\"fault\":{}}", "a Fault" },
		{ "{\"Fault\":{\"Error\":[]}}", "a Fault" },
		{ "{\"Rows\":{\"Fault\":1,\"Header\":1}}", "no Header" },
		{ "{}", "no Header" },
		{ "[]", "the body is not an object" },
		{ "{\"Header\":{}", "byte 12: the text is cut off" },
		{ "{\"Header\":{}}{}", "byte 13: text after the value" },
	};

	for (size_t i = 0; i < LENGTH(objects); i++) {
		struct failure why = { 0 };
		bool good = object_response_check(slice_of(objects[i].body),
						  "Header", &why);

		is(good ? "good" : why.text,
		   objects[i].want ? objects[i].want : "good", objects[i].body);
	}
}

/* --- damage --------------------------------------------------------------- */

struct damage {
	struct report_request request;
	size_t read, wrong;
};

static bool
lies_in(struct slice part, struct slice text)
{
	return !part.at ||
	       (part.at >= text.at && part.at + part.len <= text.at + text.len);
}

/* What is accepted is JSON, and its slices lie in it. */
static void
try_one(void *with, struct slice mutant)
{
	struct damage *d = with;
	struct failure why = { 0 };
	struct report_response r;
	char *exact = base_realloc(NULL, mutant.len ? mutant.len : 1);
	struct slice text = { exact, mutant.len };

	if (mutant.len)
		memcpy(exact, mutant.at, mutant.len);
	if (!report_response_parse(&r, text, &why)) {
		d->wrong += why.kind != FAILURE_DATA || !*why.text;
	} else {
		d->read++;
		d->wrong += !json_check(text, &why) || !lies_in(r.name, text) ||
			    !lies_in(r.basis, text) ||
			    !lies_in(r.start, text) || !lies_in(r.end, text) ||
			    !lies_in(r.time, text) ||
			    !lies_in(r.report_date, text);
		d->wrong += !report_response_check(&r, &d->request, &why) &&
			    why.kind != FAILURE_REFUSED;
	}
	free(exact);
}

static void
test_damage(void)
{
	static const char whole[] = REPORT(PL);
	const struct window w =
		window_of("report:ProfitAndLoss:Cash", "2025-01-01T00:00:00Z",
			  "2025-02-01T00:00:00Z");
	struct failure why;
	struct damage d = { .read = 0 };
	struct mutants m;

	if (!report_request_make(&d.request, &w, &why))
		abort();
	mutants_init(&m, try_one, &d);
	mutants_truncate(&m, SLICE(whole));
	ok(m.count == strlen(whole) && !d.read && !d.wrong,
	   "cut at any byte it is refused");
	mutants_begin(&m, SLICE(whole));
	mutants_try(&m);
	ok(d.read == 1, "whole it is read");
	mutants_flip(&m, SLICE(whole));
	mutants_slip(&m, SLICE(whole));
	ok(!d.wrong && d.read > 1,
	   "damaged in %zu ways: %zu are JSON and read as what they are",
	   m.count, d.read);
	mutants_free(&m);
}

int
main(void)
{
	test_requests();
	test_all_reports();
	for (size_t i = 0; i < LENGTH(cases); i++)
		check(i);
	test_times();
	test_advice();
	test_objects();
	test_damage();
	return tap_done();
}
