#include "quickbooks/report_response.h"
#include "base/clock.h"

/* --- parsing -------------------------------------------------------------- */

/* Each of these returns false only with the reason in `why`.  Invalid JSON
 * stops the cursor and ends all loops; json_end() reports it. */

/* {"Name":"report_date","Value":"2025-01-31"} */
static bool
read_option(struct json *j, struct report_response *r, struct failure *why)
{
	struct slice key, value, name = { 0 }, text = { 0 };

	if (!json_object(j))
		return j->error || fail(why, FAILURE_DATA,
					"an Option that is not an object");
	while (json_key(j, &key) && json_value(j, &value)) {
		struct slice plain;

		if (!json_plain_string(value, &plain))
			continue;
		if (slice_is(key, "Name"))
			name = plain;
		else if (slice_is(key, "Value"))
			text = plain;
	}
	if (slice_is(name, "report_date"))
		r->report_date = text;
	else if (slice_is(name, "NoReportData"))
		r->no_data = slice_is(text, "true");
	return true;
}

static bool
read_options(struct json *j, struct report_response *r, struct failure *why)
{
	if (!json_array(j)) {
		json_skip(j);
		return true;
	}
	while (json_element(j))
		if (!read_option(j, r, why))
			return false;
	return true;
}

/* Where the value of a member of the Header goes, or NULL. */
static struct slice *
header_member(struct report_response *r, struct slice key)
{
	return slice_is(key, "ReportName")    ? &r->name
	       : slice_is(key, "ReportBasis") ? &r->basis
	       : slice_is(key, "StartPeriod") ? &r->start
	       : slice_is(key, "EndPeriod")   ? &r->end
	       : slice_is(key, "Time")        ? &r->time
					      : NULL;
}

static bool
read_header(struct json *j, struct report_response *r, struct failure *why)
{
	struct slice key, value;

	if (!json_object(j))
		return j->error || fail(why, FAILURE_DATA,
					"a Header that is not an object");
	while (json_key(j, &key)) {
		struct slice *to = header_member(r, key);

		if (slice_is(key, "Option")) {
			if (!read_options(j, r, why))
				return false;
		} else if (json_value(j, &value) && to &&
			   !json_plain_string(value, to)) {
			return fail(why, FAILURE_DATA,
				    "a %.*s that is not a plain string",
				    SLICE_SHOWN(key));
		}
	}
	return true;
}

static bool
take_object(struct json *j)
{
	struct slice value;

	return json_value(j, &value) && *value.at == '{';
}

static bool
read_body(struct json *j, struct report_response *r, struct failure *why)
{
	bool header = false, columns = false, rows = false;
	struct slice key;

	if (!json_object(j))
		return j->error ||
		       fail(why, FAILURE_DATA, "the body is not an object");
	while (json_key(j, &key)) {
		if (slice_is(key, "Columns"))
			columns = take_object(j);
		else if (slice_is(key, "Rows"))
			rows = take_object(j);
		else if (!slice_is(key, "Header"))
			json_skip(j);
		else if (header)
			return fail(why, FAILURE_DATA, "a second Header");
		else if (read_header(j, r, why))
			header = true;
		else
			return false;
	}
	if (j->error)
		return true;
	if (!header || !r->name.at)
		return fail(why, FAILURE_DATA, "no Header with a ReportName");
	return r->no_data || (columns && rows) ||
	       fail(why, FAILURE_DATA, "no %s", columns ? "Rows" : "Columns");
}

/*
 * "Unable to display more data. Please reduce the date range." stands in the
 * last row of a report that has too many cells, with status 200; wherever it
 * stands, the report cannot be trusted to be whole.  The first letter may be
 * small.
 */
static bool
is_cut(struct slice body)
{
	static const char words[] = "nable to display more data";

	return memmem(body.at, body.len, words, sizeof(words) - 1);
}

bool
report_response_parse(struct report_response *r, struct slice body,
		      struct failure *why)
{
	int64_t ignored;
	struct json j;

	*r = (struct report_response){ 0 };
	json_begin(&j, body);
	if (!read_body(&j, r, why) || !json_end(&j, why))
		return false;
	if (r->time.at && !clock_parse(r->time, &ignored))
		r->time = (struct slice){ 0 };
	r->cut = is_cut(body);
	return true;
}

/* --- is it the one? ------------------------------------------------------- */

bool
report_response_advise(const struct report_request *request,
		       struct failure *why)
{
	if (request->report->as_of || !strcmp(request->first, request->last))
		return fail_next(why, "see the report in QuickBooks itself; "
				      "the other windows can be read without "
				      "this one");
	return fail_next(why,
			 "read it in shorter periods: qb-window %s%s%s%s "
			 "--from=%s --every=..., then qb-fetch",
			 REPORT_PREFIX, request->report->name,
			 request->basis ? ":" : "",
			 request->basis ? request->basis : "", request->first);
}

static bool
check_member(const char *member, struct slice got, const char *want,
	     struct failure *why)
{
	if (slice_is(got, want))
		return true;
	if (!got.at)
		return fail(why, FAILURE_REFUSED,
			    "the report has no %s, which must be %s", member,
			    want);
	return fail(
		why, FAILURE_REFUSED,
		"QuickBooks ignored a parameter: %s is \"%.*s\", and %s was "
		"requested",
		member, SLICE_SHOWN(got), want);
}

/* The Option repeats the parameter; the period is beside it in some reports,
 * and alone in others. */
static bool
check_day(const struct report_response *r, const char *want,
	  struct failure *why)
{
	bool option = r->report_date.at || !r->end.at;

	return option ? check_member("report_date", r->report_date, want, why)
		      : check_member("EndPeriod", r->end, want, why);
}

static bool
check_period(const struct report_response *r,
	     const struct report_request *request, struct failure *why)
{
	return check_member("StartPeriod", r->start, request->first, why) &&
	       check_member("EndPeriod", r->end, request->last, why);
}

bool
report_response_check(const struct report_response *r,
		      const struct report_request *request, struct failure *why)
{
	if (!check_member("ReportName", r->name, request->report->name, why))
		return false;
	if (!(request->report->as_of ? check_day(r, request->last, why)
				     : check_period(r, request, why)))
		return false;
	if (request->basis &&
	    !check_member("ReportBasis", r->basis, request->basis, why))
		return false;
	if (!r->cut)
		return true;
	fail(why, FAILURE_REFUSED,
	     "QuickBooks cut the report: it has more data than QuickBooks "
	     "displays");
	return report_response_advise(request, why);
}
