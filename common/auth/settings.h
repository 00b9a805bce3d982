/*
 * auth/settings.h - which company is read, by which application, at which
 * server: the QBO_* variables.
 */
#ifndef AUTH_SETTINGS_H
#define AUTH_SETTINGS_H

#include "base/options.h"
#include "base/slice.h"

/* The QBO_* variables, and --debug-http.  They fill what settings_read() looks
 * at. */
extern const struct option_table settings_options;

/* The texts live as long as the process. */
struct settings {
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
enum { SETTINGS_REALM = 1, SETTINGS_KEYS = 2, SETTINGS_WHOLE = 3 };

/* FAILURE_USAGE names what is missing or wrong, and never quotes a secret.
 * What is not needed may be NULL. */
bool settings_read(struct settings *a, unsigned needs,
		   struct failure *why) MUST_CHECK;

/* Digits; a number of a company has 16 to 19. */
enum { SETTINGS_REALM_MOST = 32 };
bool settings_is_realm(struct slice text);

#endif
