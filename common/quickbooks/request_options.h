/* quickbooks/request_options.h - how often and how long a request is tried:
 * --retries,
 * --retry-for, and the waits between; --no-rate-limit. */
#ifndef QUICKBOOKS_REQUEST_OPTIONS_H
#define QUICKBOOKS_REQUEST_OPTIONS_H

#include "base/options.h"
#include "http/retry.h"

/* Rows for whoever talks to QuickBooks: these three and the QBO_* environment.
 * They fill the settings that qbo_client_open() reads. */
extern const struct option_table request_options;

/* As the options were given. */
struct retry_policy request_options_policy(void);

/* Are Intuit's limits kept?  Not with --no-rate-limit. */
bool request_options_rate_limited(void);

/* Drawn anew, in [0, 1): for retry_try.jitter. */
double request_options_jitter(void);

#endif
