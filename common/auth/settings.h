/*
 * auth/settings.h - which company is read, by which application, at which
 * server: the QBO_* variables.
 */
#ifndef AUTH_SETTINGS_H
#define AUTH_SETTINGS_H

#include "auth/setting_values.h"
#include "base/options.h"

/* The QBO_* variables, and --debug-http: what settings_read() looks at. */
extern const struct option_table settings_options;

/* The texts live as long as the process. */
struct settings {
	const char *env;   /* "sandbox" or "production" */
	const char *realm; /* the company's ID: digits */
	const char *client_id, *client_secret;
	const char *refresh_token; /* QBO_REFRESH_TOKEN, or NULL */
	const char *token_file;    /* NULL: the default path */
	const char *helper;        /* auth/credential_helper.h, or NULL */
	const char *api_url;       /* without the path */
	const char *token_url;
	int64_t monthly_calls; /* QBO_MONTHLY_CALLS; 0: no limit */
};

/* What a command needs beside QBO_ENV. */
enum { SETTINGS_REALM = 1, SETTINGS_KEYS = 2, SETTINGS_ALL = 3 };

/* FAILURE_USAGE names all variables that are missing, or one that is invalid,
 * and never quotes a secret (setting_values.h).  What is not needed may be
 * NULL. */
bool settings_read(struct settings *s, unsigned needs,
		   struct failure *why) MUST_CHECK;

/* As setting_values_is_realm(). */
enum { SETTINGS_REALM_MOST = SETTING_VALUES_REALM_MOST };
bool settings_is_realm(struct slice text);

enum { SETTINGS_MOST_CALLS = 1000000000 }; /* of QBO_MONTHLY_CALLS */

#endif
