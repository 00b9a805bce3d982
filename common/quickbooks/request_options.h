/*
 * quickbooks/request_options.h - --retries, --retry-for and --no-rate-limit.
 */
#ifndef QUICKBOOKS_REQUEST_OPTIONS_H
#define QUICKBOOKS_REQUEST_OPTIONS_H

#include "base/options.h"
#include "http/retry.h"

/* These three and the rows of auth/settings.h: all that qbo_client_open()
 * reads. */
extern const struct option_table request_options;

/* By the options; the waits between the tries are constants. */
struct retry_policy request_options_policy(void);

/* False with --no-rate-limit. */
bool request_options_rate_limited(void);

/* A random number in [0, 1), for retry_try.jitter. */
double request_options_jitter(void);

#endif
