/*
 * auth/setting_values.h - settings that cannot be what they should be.
 *
 * Refused is only what no company, app or server of Intuit's can have: a value
 * of another setting, one in quotes, a number with dashes.  What may be valid
 * is left to Intuit.
 */
#ifndef AUTH_SETTING_VALUES_H
#define AUTH_SETTING_VALUES_H

#include "base/failure.h"
#include "base/slice.h"

/* The texts that settings_read() was given; what is NULL is not checked. */
struct setting_values {
	const char *env, *realm, *client_id, *client_secret, *refresh_token;
};

/* FAILURE_USAGE names the variable, what is wrong, and what to set.  It never
 * quotes a secret, nor what may be one. */
bool setting_values_check(const struct setting_values *v,
			  struct failure *why) MUST_CHECK;

/* Is it a company's ID?  Digits; QuickBooks' have 9 to 19. */
enum { SETTING_VALUES_REALM_MOST = 32 };
bool setting_values_is_realm(struct slice text);

/* A base URL, to which paths are added; beside what http_url_allowed() checks,
 * like the next one. */
bool setting_values_check_base(const char *url, struct failure *why) MUST_CHECK;

/* The redirect URI: its port is one, and it has no fragment. */
bool setting_values_check_redirect(const char *url,
				   struct failure *why) MUST_CHECK;

#endif
