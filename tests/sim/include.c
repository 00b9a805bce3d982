#include "include.h"

/* Also documented: with it an Invoice has an InvoiceLink, which is not
 * simulated. */
static const char *const others[] = { "invoiceLink" };

static bool
is_other(struct slice word)
{
	for (size_t i = 0; i < LENGTH(others); i++)
		if (slice_is(word, others[i]))
			return true;
	return false;
}

bool
include_read(const struct sim *s, const struct request *r, bool changes,
	     bool *all_fields, struct refusal *why)
{
	enum sim_include rule = changes ? s->cdc_include : s->include;
	const char *at = r->include;

	*all_fields = false;
	for (size_t len; *at; at += len + (at[len] == ',')) {
		struct slice word = { at, len = strcspn(at, ",") };

		if (rule == SIM_INCLUDE_REFUSED && !is_other(word))
			return refuse_property(why, word);
		if (slice_is(word, "enhancedAllCustomFields"))
			*all_fields = rule == SIM_INCLUDE_TAKEN;
	}
	return true;
}
