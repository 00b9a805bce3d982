#include "reports.h"
#include "books.h"
#include "pacific.h"
#include "pen.h"
#include "stream/report.h"

/* What is requested, or the default in its place. */
struct ask {
	const struct report *report;
	int64_t first, last; /* days since 1970 */
	const char *basis;
	struct books books;
	bool cut;
};

/* A day, as days since 1970; false where it is none. */
static bool
read_day(const char *text, int64_t *day)
{
	struct clock_civil civil;

	if (!text || strlen(text) != strlen("2025-01-31") ||
	    !clock_parse_civil(slice_of(text), &civil))
		return false;
	*day = clock_from_civil(&civil) / CLOCK_DAY;
	return true;
}

static int64_t
today(void)
{
	return pacific_day(clock_now_us() / CLOCK_SECOND);
}

/* Whatever is wrong with the dates, the month so far is shown. */
static void
read_period(struct ask *ask, const struct request *r)
{
	struct clock_civil civil;

	if (read_day(request_argument(r, "start_date"), &ask->first) &&
	    read_day(request_argument(r, "end_date"), &ask->last) &&
	    ask->first <= ask->last)
		return;
	ask->last = today();
	clock_to_civil(ask->last * CLOCK_DAY, &civil);
	ask->first = ask->last - civil.day + 1;
}

/* The aging reports take a date only with the method. */
static void
read_report_date(struct ask *ask, const struct request *r)
{
	const char *method = request_argument(r, "aging_method");

	if (!read_day(request_argument(r, "report_date"), &ask->last) ||
	    (ask->report->aged && (!method || strcmp(method, "Report_Date"))))
		ask->last = today();
	ask->first = ask->last;
}

static void
read_ask(struct ask *ask, struct sim *s, const struct request *r,
	 const struct script_verdict *verdict)
{
	const char *basis = request_argument(r, "accounting_method");

	if (verdict->ignore_filter) {
		ask->last = today();
		ask->first = ask->report->as_of ? ask->last : ask->last - 1;
		basis = NULL;
	} else if (ask->report->as_of) {
		read_report_date(ask, r);
	} else {
		read_period(ask, r);
	}
	ask->basis = basis && !strcmp(basis, "Cash") ? "Cash" : "Accrual";
	ask->cut = verdict->cut_report;
	books_open(&ask->books, s, *ask->basis == 'C');
}

/* --- cells ---------------------------------------------------------------- */

static void
write_money(struct buf *to, const char *before, int64_t cents)
{
	pen_format(to, "%s{\"value\":\"", before);
	if (cents < 0)
		pen_text(to, "-");
	if (cents)
		pen_money(to, cents < 0 ? -cents : cents);
	pen_text(to, "\"}");
}

static void
write_date(struct buf *to, const char *before, int64_t day)
{
	pen_format(to, "%s{\"value\":\"", before);
	pen_day(to, day);
	pen_text(to, "\"}");
}

static void
write_account(struct buf *to, const char *before, int account)
{
	pen_format(to, "%s{\"value\":\"%s\",\"id\":\"%s\"}", before,
		   books_accounts[account].name, books_accounts[account].id);
}

/* --- five forms ----------------------------------------------------------- */

static int64_t
booked(const struct ask *ask, int account)
{
	return books_sum(&ask->books, account, ask->first, ask->last);
}

/* All that was booked until the last day. */
static int64_t
balance(const struct ask *ask, int account)
{
	return books_sum(&ask->books, account, INT64_MIN, ask->last);
}

static void
write_section(struct buf *to, const struct ask *ask, const char *group,
	      bool income)
{
	int64_t total = 0;
	const char *comma = "";

	pen_format(to,
		   "{\"Header\":{\"ColData\":[{\"value\":\"%s\"},{\"value\":"
		   "\"\"}]},\"Rows\":{\"Row\":[",
		   group);
	for (int i = 0; i < BOOKS_ACCOUNTS; i++) {
		int64_t cents = booked(ask, i) * (income ? -1 : 1);

		if (!(income ? books_accounts[i].income
			     : books_accounts[i].expense) ||
		    !cents)
			continue;
		pen_format(to, "%s{\"ColData\":[", comma);
		write_account(to, "", i);
		write_money(to, ",", cents);
		pen_text(to, "],\"type\":\"Data\"}");
		total += cents;
		comma = ",";
	}
	pen_format(to, "]},\"Summary\":{\"ColData\":[{\"value\":\"Total %s\"}",
		   group);
	write_money(to, ",", total);
	pen_format(to, "]},\"type\":\"Section\",\"group\":\"%s\"},", group);
}

static int64_t
net_income(const struct ask *ask, bool all)
{
	int64_t sum = 0;

	for (int i = 0; i < BOOKS_ACCOUNTS; i++)
		if (books_accounts[i].income || books_accounts[i].expense)
			sum -= all ? balance(ask, i) : booked(ask, i);
	return sum;
}

/* Income, expenses and what is left. */
static void
write_result(struct buf *to, const struct ask *ask)
{
	write_section(to, ask, "Income", true);
	write_section(to, ask, "Expenses", false);
	pen_text(to, "{\"Summary\":{\"ColData\":[{\"value\":\"Net Income\"}");
	write_money(to, ",", net_income(ask, false));
	pen_text(to, "]},\"type\":\"Section\",\"group\":\"NetIncome\"}");
}

static void
write_balance(struct buf *to, const struct ask *ask)
{
	int64_t total = 0;

	for (int i = 0; i < BOOKS_ACCOUNTS; i++) {
		if (books_accounts[i].income || books_accounts[i].expense)
			continue;
		pen_text(to, "{\"ColData\":[");
		write_account(to, "", i);
		write_money(to, ",", balance(ask, i));
		pen_text(to, "],\"type\":\"Data\"},");
		total += balance(ask, i);
	}
	pen_text(to, "{\"ColData\":[{\"value\":\"Net Income\"}");
	write_money(to, ",", net_income(ask, true));
	pen_text(to,
		 "],\"type\":\"Data\",\"group\":\"NetIncome\"},{\"Summary\":"
		 "{\"ColData\":[{\"value\":\"TOTAL ASSETS\"}");
	write_money(to, ",", total);
	pen_text(to, "]},\"type\":\"Section\",\"group\":\"TotalAssets\"}");
}

static void
write_trial(struct buf *to, const struct ask *ask)
{
	int64_t debits = 0;

	for (int i = 0; i < BOOKS_ACCOUNTS; i++) {
		int64_t cents = balance(ask, i);

		if (!cents)
			continue;
		pen_text(to, "{\"ColData\":[");
		write_account(to, "", i);
		write_money(to, ",", cents > 0 ? cents : 0);
		write_money(to, ",", cents < 0 ? -cents : 0);
		pen_text(to, "]},");
		debits += cents > 0 ? cents : 0;
	}
	pen_text(to, "{\"Summary\":{\"ColData\":[{\"value\":\"TOTAL\"}");
	write_money(to, ",", debits);
	write_money(to, ",", debits);
	pen_text(to, "]},\"type\":\"Section\",\"group\":\"GrandTotal\"}");
}

/* A row for each account and day on which something was booked. */
static void
write_detail(struct buf *to, const struct ask *ask)
{
	const char *comma = "";

	for (int i = 0; i < BOOKS_ACCOUNTS; i++)
		for (int64_t day = ask->first; day <= ask->last; day++) {
			int64_t cents = books_sum(&ask->books, i, day, day);

			if (!cents)
				continue;
			pen_format(to, "%s{\"ColData\":[", comma);
			write_date(to, "", day);
			write_account(to, ",", i);
			write_money(to, ",", cents);
			pen_text(to, "],\"type\":\"Data\"}");
			comma = ",";
		}
}

static void
write_owed(struct buf *to, const struct ask *ask)
{
	int64_t total = 0;

	for (int i = 0; i < BOOKS_CUSTOMERS; i++) {
		int64_t cents = books_owed(&ask->books, i, ask->last);

		pen_format(to,
			   "{\"ColData\":[{\"value\":\"Customer %d\",\"id\":"
			   "\"%d\"}",
			   i + 1, i + 1);
		write_money(to, ",", cents);
		pen_text(to, "],\"type\":\"Data\"},");
		total += cents;
	}
	pen_text(to, "{\"Summary\":{\"ColData\":[{\"value\":\"TOTAL\"}");
	write_money(to, ",", total);
	pen_text(to, "]},\"type\":\"Section\",\"group\":\"GrandTotal\"}");
}

static const struct {
	const char *name; /* NULL: of one day; "": any other */
	void (*write)(struct buf *to, const struct ask *ask);
	const char *columns[3];
} forms[] = {
	{ NULL, write_owed, { "Customer", "Money", NULL } },
	{ "BalanceSheet", write_balance, { "Account", "Money", NULL } },
	{ "CashFlow", write_result, { "Account", "Money", NULL } },
	{ "ProfitAndLoss", write_result, { "Account", "Money", NULL } },
	{ "TrialBalance", write_trial, { "Account", "Money", "Money" } },
	{ "", write_detail, { "Date", "Account", "Money" } },
};

static size_t
form_of(const struct report *report)
{
	size_t i = 0;

	if (report->as_of)
		return 0;
	for (i = 1; *forms[i].name; i++)
		if (!strcmp(forms[i].name, report->name))
			break;
	return i;
}

/* --- the whole ------------------------------------------------------------ */

static void
write_header(struct buf *to, const struct ask *ask, bool no_data)
{
	const struct report *of = ask->report;

	pen_text(to, "{\"Header\":{\"Time\":\"");
	pen_time(to, clock_now_us() / CLOCK_SECOND);
	pen_format(to, "\",\"ReportName\":\"%s\"", of->name);
	if (of->basis)
		pen_format(to, ",\"ReportBasis\":\"%s\"", ask->basis);
	if (!of->as_of) {
		pen_text(to, ",\"StartPeriod\":\"");
		pen_day(to, ask->first);
		pen_text(to, "\",\"EndPeriod\":\"");
		pen_day(to, ask->last);
		pen_text(to, "\",\"SummarizeColumnsBy\":\"Total\"");
	}
	pen_text(to, ",\"Currency\":\"USD\",\"Option\":[");
	if (of->as_of) {
		pen_text(to, "{\"Name\":\"report_date\",\"Value\":\"");
		pen_day(to, ask->last);
		pen_text(to, "\"},");
	}
	pen_format(to, "{\"Name\":\"NoReportData\",\"Value\":\"%s\"}]}",
		   no_data ? "true" : "false");
}

static void
write_report(struct buf *to, const struct ask *ask)
{
	size_t form = form_of(ask->report);
	bool no_data = ask->last < ask->books.first_day;

	write_header(to, ask, no_data);
	pen_text(to, ",\"Columns\":{\"Column\":[");
	for (size_t i = 0; i < LENGTH(forms[form].columns); i++)
		if (forms[form].columns[i])
			pen_format(to,
				   "%s{\"ColTitle\":\"\",\"ColType\":\"%s\"}",
				   i ? "," : "", forms[form].columns[i]);
	pen_text(to, "]},\"Rows\":{");
	if (!no_data) {
		pen_text(to, "\"Row\":[");
		forms[form].write(to, ask);
		if (ask->cut)
			pen_text(to,
				 ",{\"ColData\":[{\"value\":\"Unable to "
				 "display more data. Please reduce the date "
				 "range.\"}],\"type\":\"Data\"}");
		pen_text(to, "]");
	}
	pen_text(to, "}}");
}

/* The name as it is: in another case there is none. */
static const struct report *
find(const char *name)
{
	for (size_t i = 0; report_at(i); i++)
		if (!strcmp(report_at(i)->name, name))
			return report_at(i);
	return NULL;
}

void
reports_note(struct sim *s, const struct request *r, const char *name,
	     struct answer *a)
{
	static const char *const names[] = { "start_date", "end_date",
					     "report_date",
					     "accounting_method" };
	struct buf text;

	a->kind = "report";
	a->report = name;
	snprintf(a->entity, sizeof(a->entity), "%s", name);
	buf_init(&text, SIM_MOST_BODY);
	pen_format(&text, "report %s", name);
	for (size_t i = 0; i < LENGTH(names); i++) {
		const char *value = request_argument(r, names[i]);

		pen_format(&text, " %s", value ? value : "");
	}
	a->tries = sim_tries(s, buf_slice(&text));
	buf_free(&text);
}

bool
reports_answer(struct sim *s, const struct request *r, struct answer *a,
	       const char *name, struct refusal *why)
{
	struct ask ask = { .report = find(name) };

	if (!ask.report) {
		(void)refuse_rights(why);
		why->element = "ReportName";
		return false;
	}
	read_ask(&ask, s, r, &a->verdict);
	write_report(&a->body, &ask);
	a->low_s = ask.first * 86400;
	a->high_s = (ask.last + 1) * 86400;
	a->rows = 1;
	return true;
}
