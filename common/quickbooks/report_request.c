#include "quickbooks/report_request.h"

static bool
is_midnight(int64_t at_us)
{
	/* the remainder of a time before 1970 is negative */
	return at_us % CLOCK_DAY == 0;
}

static void
write_date(int64_t at_us, char date[REPORT_DATE])
{
	char text[CLOCK_TEXT];

	clock_format(at_us, text);
	memcpy(date, text, REPORT_DATE - 1);
	date[REPORT_DATE - 1] = '\0';
}

/* The parameters that each report takes: QUIRKS.md, "Reports". */
static void
write_parameters(struct report_request *r)
{
	char *to = r->parameters;

	if (r->report->as_of)
		snprintf(to, REPORT_PARAMETERS, "%sreport_date=%s",
			 r->report->aged ? "aging_method=Report_Date&" : "",
			 r->last);
	else
		snprintf(to, REPORT_PARAMETERS,
			 "%s%s%send_date=%s&start_date=%s",
			 r->basis ? "accounting_method=" : "",
			 r->basis ? r->basis : "", r->basis ? "&" : "", r->last,
			 r->first);
}

bool
report_request_make(struct report_request *r, const struct window *window,
		    struct failure *why)
{
	*r = (struct report_request){ 0 };
	r->report = report_find(slice_of(window->entity->name), &r->basis);
	if (!r->report || window->by != WINDOW_BY_REPORT)
		return fail(why, FAILURE_DATA, "not the window of a report");
	if (!is_midnight(window->start_us) || !is_midnight(window->end_us))
		return fail(why, FAILURE_DATA,
			    "the window of a report has whole days, from "
			    "midnight to midnight in UTC");
	write_date(window->start_us, r->first);
	write_date(window->end_us - CLOCK_DAY, r->last);
	write_parameters(r);
	snprintf(r->path, sizeof(r->path), "reports/%s", r->report->name);
	snprintf(r->id, sizeof(r->id), "%s?%s", r->report->name, r->parameters);
	return true;
}
