/* covers: report_reader - windows of reports from a server, in rows and seals.
 */
#include "qboserver.h"
#include "quickbooks/report_reader.h"
#include "stream/lines.h"
#include "tap.h"

#define WINDOW \
	"{\"entity\":\"report:ProfitAndLoss:Cash\",\"by\":\"report\",\"start" \
	"\":\"2025-01-01T00:00:00Z\",\"end\":\"2025-02-01T00:00:00Z\",\"no\":" \
	"1,\"of\":12}"
#define LOGIN "POST ok:" TOKENS("2") "\n"
#define REPORT(end, rows) \
	"{\"Header\":{\"Time\":\"2025-03-03T13:00:18-08:00\",\"ReportName\":" \
	"\"ProfitAndLoss\",\"ReportBasis\":\"Cash\",\"StartPeriod\":" \
	"\"2025-01-01\",\"EndPeriod\":\"" end "\",\"Option\":[]},\"Columns\":" \
	"{},\"Rows\":{" rows "}}"
#define BODY REPORT("2025-01-31", "\"A\":100.00\\s,\\s\"B\":[1e2]")
#define PAYLOAD REPORT("2025-01-31", "\"A\":100.00 , \"B\":[1e2]")
#define CUT \
	REPORT("2025-01-31", "\"Row\":\"Unable\\sto\\sdisplay\\smore\\sdata." \
			     "\"")
#define DENIED \
	"{\"Fault\":{\"Error\":[{\"Message\":\"Permission\\sDenied\\sError\"," \
	"\"Detail\":\"Permission\\sDenied\\sError\\s:\\sYou\\sdo\\snot\\shave" \
	"\\sthe\\saccess\\srights\\sto\\suse\\sthis\\sfeature.\",\"code\":" \
	"\"5020\",\"element\":\"ReportName\"}],\"type\":\"ValidationFault\"}," \
	"\"time\":\"t\"}"

static const struct {
	const char *name, *script;
	enum failure_kind kind; /* 0: it is written */
	const char *says;
	bool absent, this_window_only;
	int64_t calls;
} cases[] = {
	{ "a report", "GET ok:" BODY "\n", 0, NULL, false, false, 1 },
	{ "after a body that is cut",
	  "GET " HEAD "Content-Length:\\s3000\\r\\n\\r\\n" BODY
	  " close\nGET ok:" BODY "\n",
	  0, NULL, false, false, 2 },
	{ "after a response to something else",
	  "GET ok:{\"QueryResponse\":{}}\nGET ok:" BODY "\n", 0, NULL, false,
	  false, 2 },
	{ "after a timeout of the gateway", "GET 504:\nGET ok:" BODY "\n", 0,
	  NULL, false, false, 1 },
	{ "that takes too long each time", "GET 504:\n", FAILURE_LATER,
	  "too much at once", false, true, 0 },
	{ "of another period", "GET ok:" REPORT("2025-03-31", "") "\n",
	  FAILURE_REFUSED,
	  "EndPeriod is \"2025-03-31\", and 2025-01-31 was requested", false,
	  true, 1 },
	{ "that QuickBooks cut", "GET ok:" CUT "\n", FAILURE_REFUSED,
	  "QuickBooks cut the report", false, true, 1 },
	{ "that the company does not have", "GET 400:" DENIED "\n",
	  FAILURE_REFUSED, "5020 Permission Denied Error", true, true, 0 },
	{ "that is refused",
	  "GET 400:{\"Fault\":{\"Error\":[{\"code\":\"4000\",\"Message\":\"No\""
	  "}]}}\n",
	  FAILURE_REFUSED, "4000 No", false, true, 0 },
	{ "with a Fault, and status 200",
	  "GET "
	  "ok:{\"Header\":{},\"Fault\":{\"Error\":[{\"code\":\"6190\"}]}}\n",
	  FAILURE_REFUSED, "6190", false, true, 1 },
	{ "without Rows", "GET ok:{\"Header\":{\"ReportName\":\"X\"}}\n",
	  FAILURE_LATER, "not a report: no Columns", false, true, 1 },
	{ "from a company that is not the login's",
	  "GET 403:" FAULT("3100", "SERVICE") "\n", FAILURE_LOGIN, "3100",
	  false, false, 0 },
};

/* What was written, which is small. */
static const char *
written(struct lines_out *out)
{
	static char text[1 << 16];
	struct failure why;

	if (!lines_flush(out, &why))
		abort();
	ssize_t n = pread(out->fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* The next line, parsed. */
static bool
next_line(const char **at, struct envelope *e)
{
	const char *end = strchr(*at, '\n');
	struct failure why;

	if (!end ||
	    !envelope_parse(e, (struct slice){ *at, (size_t)(end - *at) },
			    &why))
		return false;
	*at = end + 1;
	return true;
}

static bool
has(struct slice text, const char *words)
{
	return memmem(text.at, text.len, words, strlen(words));
}

static void
check_lines(size_t i, const char *text)
{
	struct envelope row, seal;
	struct failure why = { 0 };
	struct seal_tally tally;
	struct seal totals;

	seal_tally_init(&tally);
	bool whole = next_line(&text, &row) && next_line(&text, &seal) &&
		     !*text && row.kind == ENVELOPE_ROW &&
		     seal.kind == ENVELOPE_SEAL;
	ok(whole, "%s: a row and a seal", cases[i].name);
	if (!whole)
		goto out;
	seal_tally_row(&tally, &row);
	ok(seal_parse(&totals, &seal, &why) &&
		   seal_verify(&totals, &tally, &why) &&
		   seal_verify_sum(&seal, &why) && totals.rows == 1 &&
		   totals.pages == 1 && totals.count_before < 0 &&
		   totals.count_after < 0 && totals.calls == cases[i].calls &&
		   totals.log_at_us == INT64_C(1741035618000000),
	   "%s: the seal is of it%s%s", cases[i].name, why.kind ? ": " : "",
	   why.kind ? why.text : "");
	ok(slice_is(row.value[MEMBER_WINDOW], WINDOW) &&
		   slice_is(seal.value[MEMBER_WINDOW], WINDOW),
	   "%s: of the ticket's window", cases[i].name);
	ok(slice_is(row.value[MEMBER_PAYLOAD], PAYLOAD), "%s: byte for byte",
	   cases[i].name);
	ok(slice_is(row.value[MEMBER_ROW],
		    "{\"id\":\"ProfitAndLoss?accounting_method=Cash&end_date="
		    "2025-01-31&start_date=2025-01-01\",\"updated\":"
		    "\"2025-03-03T13:00:18-08:00\"}"),
	   "%s: its id and time", cases[i].name);
	ok(has(row.value[MEMBER_PAGE],
	       "/v3/company/1234567890/reports/ProfitAndLoss\",\"query\":"
	       "\"accounting_method=Cash&end_date=2025-01-31&start_date="
	       "2025-01-01\",\"minorversion\":75}"),
	   "%s: what was requested", cases[i].name);
out:
	seal_tally_free(&tally);
}

static void
check(size_t i)
{
	struct report_reader reader;
	struct rawserver s;
	struct lines_out out;
	struct failure why = { 0 };
	struct window window;
	char script[4000];

	snprintf(script, sizeof(script), "%s" LOGIN, cases[i].script);
	if (!window_parse(&window, SLICE(WINDOW), &why))
		abort();
	lines_out_init(&out, fileno(tmpfile()));
	report_reader_init(&reader, &out);
	reader.qbo = serve_client(&s, script, NULL, NULL, &why);
	bool read = report_read(&reader, &window, SLICE(WINDOW), &why);

	ok(read == !cases[i].kind && why.kind == cases[i].kind, "%s: %s",
	   cases[i].name, cases[i].kind ? "a failure" : "is read");
	ok(reader.rows == read && reader.windows == read, "%s: it is counted",
	   cases[i].name);
	if (read) {
		check_lines(i, written(&out));
	} else {
		ok(strstr(why.text, cases[i].says) &&
			   !strncmp(why.text, "report:ProfitAndLoss:Cash 1/12",
				    30),
		   "%s: %s", cases[i].name, why.text);
		ok(reader.absent == cases[i].absent &&
			   reader.this_window_only == cases[i].this_window_only,
		   "%s: of its kind", cases[i].name);
		is(written(&out), "", "and nothing is written");
	}
	struct qbo_client *qbo = reader.qbo;
	report_reader_free(&reader);
	qbo_client_close(qbo);
	rawserver_stop(&s);
	lines_out_free(&out);
}

int
main(void)
{
	listen_in();
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	for (size_t i = 0; i < LENGTH(cases); i++)
		check(i);
	return tap_done();
}
