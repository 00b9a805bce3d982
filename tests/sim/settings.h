/* settings.h - the simulator's command line. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "base/options.h"

/* What each is, the option table says. */
struct settings {
	const char *env, *realm, *from, *to, *rows, *print, *script, *rotation,
		*log_file, *cdc_without, *company, *pseudo_codes, *one_currency,
		*without, *without_code, *unlisted, *custom_fields;
	int64_t port, seed, spoil, rotate_every, life_ms, life_requests,
		per_second, per_minute, retry_after, latency_ms, late_ms,
		windows, cdc_limit, link_life_ms;
	bool attachments, pseudo_unfiltered, exotic, cdc_all, reuse_revokes,
		limits, wrong_cluster, denies, pkce, envelopes, no_gzip;
};

extern struct settings settings;
extern const struct option_table settings_options;

#endif
