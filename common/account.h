/*
 * account.h - which company is read, by which application, at which server:
 * the QBO_* variables.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "options.h"

/* Environment only.  They fill what account_read() looks at. */
extern const struct option_table account_options;

/* The texts live as long as the process. */
struct account {
	const char *env;   /* "sandbox" or "production" */
	const char *realm; /* digits */
	const char *client_id, *client_secret;
	const char *refresh_token; /* that a person gave, or NULL */
	const char *token_file;    /* NULL: the usual place */
	const char *api_url;       /* without the path */
	const char *token_url;
};

/* FAILURE_USAGE names what is missing or wrong, and never quotes a secret. */
bool account_read(struct account *a, struct failure *why) MUST_CHECK;

#endif
