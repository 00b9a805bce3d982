/*
 * quickbooks/retry_options.h - --retries, --retry-for and --no-rate-limit.
 */
#ifndef QUICKBOOKS_RETRY_OPTIONS_H
#define QUICKBOOKS_RETRY_OPTIONS_H

#include "base/options.h"
#include "http/retry.h"

/* These three and the rows of auth/settings.h: all that qbo_client_open()
 * reads. */
extern const struct option_table retry_options;

/* By the options; the waits between the tries are constants. */
struct retry_policy retry_options_policy(void);

/* False with --no-rate-limit. */
bool retry_options_rate_limited(void);

#endif
