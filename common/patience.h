/* patience.h - how often and how long a request is tried: --retries,
 * --patience, and the waits between; --no-pace. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include "options.h"
#include "retry.h"

/* Rows for whoever talks to QuickBooks: these three and the QBO_* environment.
 * They fill the settings that qbo_open() reads. */
extern const struct option_table patience_options;

/* As the options were given. */
struct retry_policy patience_policy(void);

/* Are Intuit's limits kept?  Not with --no-pace. */
bool patience_paces(void);

/* Drawn anew, in [0, 1): for retry_try.chance. */
double patience_chance(void);

#endif
