#include "status/metrics.h"

/* What a sample's value is; false: it is not known. */
typedef bool metric_value(const struct overview *o,
			  const struct entity_status *e, int64_t *value);

static bool
covered_until(const struct overview *o, const struct entity_status *e,
	      int64_t *value)
{
	(void)o;
	*value = e->covered_us;
	return e->covered_us != STATUS_NEVER;
}

static bool
last_load(const struct overview *o, const struct entity_status *e,
	  int64_t *value)
{
	(void)o;
	*value = e->loaded_us;
	return true;
}

static bool
live_rows(const struct overview *o, const struct entity_status *e,
	  int64_t *value)
{
	(void)o;
	*value = entity_status_live(e);
	return *value >= 0;
}

static bool
deleted_rows(const struct overview *o, const struct entity_status *e,
	     int64_t *value)
{
	(void)o;
	*value = e->deleted;
	return *value >= 0;
}

static bool
is_late(const struct overview *o, const struct entity_status *e, int64_t *value)
{
	(void)o;
	*value = e->late;
	return true;
}

static bool
login_expires(const struct overview *o, const struct entity_status *e,
	      int64_t *value)
{
	(void)e;
	*value = o->login.ends_us;
	return o->login.found && *value;
}

static bool
calls(const struct overview *o, const struct entity_status *e, int64_t *value)
{
	(void)e;
	*value = o->login.calls;
	return *value >= 0;
}

static bool
calls_limit(const struct overview *o, const struct entity_status *e,
	    int64_t *value)
{
	(void)e;
	*value = o->login.settings.monthly_calls;
	return *value;
}

static const struct metric {
	const char *name, *help;
	bool time;   /* microseconds, printed as seconds since 1970 */
	bool entity; /* one sample for each */
	metric_value *value;
} metrics[] = {
	{ "qb_covered_until_timestamp_seconds",
	  "Nothing is missing up to there.", true, true, covered_until },
	{ "qb_last_load_timestamp_seconds", "When a window was loaded last.",
	  true, true, last_load },
	{ "qb_rows", "Rows of the table that are not deleted.", false, true,
	  live_rows },
	{ "qb_deleted_rows", "Rows of the table that are marked as deleted.",
	  false, true, deleted_rows },
	{ "qb_late", "1 if the entity is older than --max-age.", false, true,
	  is_late },
	{ "qb_login_expires_timestamp_seconds",
	  "When the login ends if it is not used.", true, false,
	  login_expires },
	{ "qb_calls_this_month",
	  "Calls of the app to QuickBooks in this month (UTC).", false, false,
	  calls },
	{ "qb_calls_limit", "QBO_MONTHLY_CALLS.", false, false, calls_limit },
};

bool
metrics_write_label(const char *name, const char *value, struct buf *to,
		    struct failure *why)
{
	if (!buf_printf(to, why, "%s=\"", name))
		return false;
	for (; *value; value++) {
		const char *escaped = *value == '\\'   ? "\\\\"
				      : *value == '"'  ? "\\\""
				      : *value == '\n' ? "\\n"
						       : NULL;

		if (!(escaped ? buf_add(to, escaped, 2, why)
			      : buf_add(to, value, 1, why)))
			return false;
	}
	return buf_add(to, "\"", 1, why);
}

static bool
write_value(const struct metric *m, int64_t value, struct buf *to,
	    struct failure *why)
{
	if (!m->time)
		return buf_printf(to, why, " %" PRId64 "\n", value);
	if (value >= 0)
		return buf_printf(to, why, " %" PRId64 ".%06" PRId64 "\n",
				  value / CLOCK_SECOND, value % CLOCK_SECOND);
	return buf_printf(to, why, " %" PRId64 "\n", value / CLOCK_SECOND);
}

/* `e` NULL: it is not about an entity. */
static bool
write_sample(const struct metric *m, const struct overview *o,
	     const struct entity_status *e, struct buf *to, struct failure *why)
{
	int64_t value;

	if (!m->value(o, e, &value))
		return true;
	return buf_printf(to, why, "%s{", m->name) &&
	       metrics_write_label("schema", o->schema, to, why) &&
	       (!e || (buf_printf(to, why, ",") &&
		       metrics_write_label("entity", e->entity, to, why))) &&
	       buf_printf(to, why, "}") && write_value(m, value, to, why);
}

static bool
write_metric(const struct metric *m, const struct overview *o, struct buf *to,
	     struct failure *why)
{
	if (!buf_printf(to, why, "# TYPE %s gauge\n", m->name) ||
	    (m->time && !buf_printf(to, why, "# UNIT %s seconds\n", m->name)) ||
	    !buf_printf(to, why, "# HELP %s %s\n", m->name, m->help))
		return false;
	if (!m->entity)
		return write_sample(m, o, NULL, to, why);
	for (size_t i = 0; i < o->entities.count; i++)
		if (!write_sample(m, o, &o->entities.at[i], to, why))
			return false;
	return true;
}

/* Joined by schema it puts the name to the other samples. */
static bool
write_company(const struct overview *o, struct buf *to, struct failure *why)
{
	if (!buf_printf(to, why,
			"# TYPE qb_company_info gauge\n"
			"# HELP qb_company_info The company of the schema; "
			"always 1.\n"))
		return false;
	return !*o->company ||
	       (buf_printf(to, why, "qb_company_info{") &&
		metrics_write_label("schema", o->schema, to, why) &&
		buf_printf(to, why, ",") &&
		metrics_write_label("realm", o->realm, to, why) &&
		buf_printf(to, why, ",") &&
		metrics_write_label("name", o->company, to, why) &&
		buf_printf(to, why, "} 1\n"));
}

bool
metrics_write(const struct overview *o, struct buf *to, struct failure *why)
{
	if (!write_company(o, to, why))
		return false;
	for (size_t i = 0; i < LENGTH(metrics); i++)
		if (!write_metric(&metrics[i], o, to, why))
			return false;
	return buf_printf(to, why, "# EOF\n");
}
