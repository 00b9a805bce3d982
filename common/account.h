/*
 * account.h - which company is read, by which application, at which server:
 * the QBO_* variables.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "options.h"
#include "slice.h"

/* The QBO_* variables, and --debug-http.  They fill what account_read() looks
 * at. */
extern const struct option_table account_options;

/* The texts live as long as the process. */
struct account {
	const char *env;   /* "sandbox" or "production" */
	const char *realm; /* digits */
	const char *client_id, *client_secret;
	const char *refresh_token; /* that a person gave, or NULL */
	const char *token_file;    /* NULL: the usual place */
	const char *helper;        /* that holds the login, or NULL */
	const char *api_url;       /* without the path */
	const char *token_url;
};

/* What must be there beside the environment. */
enum { ACCOUNT_REALM = 1, ACCOUNT_KEYS = 2, ACCOUNT_WHOLE = 3 };

/* FAILURE_USAGE names what is missing or wrong, and never quotes a secret.
 * What is not needed may be NULL. */
bool account_read(struct account *a, unsigned needs,
		  struct failure *why) MUST_CHECK;

/* Digits; a number of a company has 16 to 19. */
enum { ACCOUNT_REALM_MOST = 32 };
bool account_is_realm(struct slice text);

#endif
