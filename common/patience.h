/* patience.h - how often and how long a request is tried: --retries,
 * --patience, and the waits between. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include "options.h"
#include "retry.h"

/* Rows for whoever talks to QuickBooks: these two and the QBO_* environment.
 * They fill the settings that qbo_open() reads. */
extern const struct option_table patience_options;

/* As the options were given. */
struct retry_policy patience_policy(void);

/* Drawn anew, in [0, 1): for retry_try.chance. */
double patience_chance(void);

#endif
