/* settings_test.c - which settings are missing, in one message. */
#include <sys/wait.h>

#include "auth/settings.h"
#include "tap.h"

static const struct option_table options = { .tool = "qb-test",
					     .also = &settings_options };

static const char *const names[] = { "QBO_ENV", "QBO_REALM_ID", "QBO_CLIENT_ID",
				     "QBO_CLIENT_SECRET" };
static const char *const values[] = { "sandbox", "123", "app", "hush" };

/* The environment has those of the four that `set` has a bit for, and the
 * variable `name`, too. */
static bool
reads(unsigned set, const char *name, const char *value, unsigned needs,
      struct failure *why)
{
	char tool[] = "qb-test";
	char *argv[] = { tool, NULL };
	struct settings settings;
	int used;

	for (size_t i = 0; i < LENGTH(names); i++)
		if (set & 1U << i)
			setenv(names[i], values[i], 1);
		else
			unsetenv(names[i]);
	if (name)
		setenv(name, value, 1);
	*why = (struct failure){ 0 };
	return options_read(1, argv, &options, &used, why) &&
	       settings_read(&settings, needs, why);
}

/* In a process of its own, since an option that was set stays set; `text` NULL:
 * it must succeed. */
static bool
is_told(unsigned set, const char *name, const char *value, unsigned needs,
	const char *text, const char *next)
{
	struct failure why;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (reads(set, name, value, needs, &why))
			_exit(text != NULL);
		fprintf(stderr, "%s\n%s\n", why.text, why.next);
		_exit(!text || why.kind != FAILURE_USAGE ||
		      strcmp(why.text, text) != 0 ||
		      strcmp(why.next, next) != 0);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static const struct {
	unsigned set, needs;
	const char *text, *next;
} missing[] = {
	{ 0, SETTINGS_ALL,
	  "not set: QBO_ENV, QBO_REALM_ID, QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
	{ 3, SETTINGS_ALL, "not set: QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
	{ 7, SETTINGS_ALL, "QBO_CLIENT_SECRET is not set",
	  "set it (qb-auth(1), ENVIRONMENT), then run the same command again" },
	{ 13, SETTINGS_ALL, "QBO_REALM_ID is not set",
	  "qb-auth login, which prints QBO_REALM_ID; set it, then run the same "
	  "command again" },
	{ 1, SETTINGS_REALM, "QBO_REALM_ID is not set",
	  "set it (qb-auth(1), ENVIRONMENT), then run the same command again" },
	{ 0, SETTINGS_KEYS,
	  "not set: QBO_ENV, QBO_CLIENT_ID and QBO_CLIENT_SECRET",
	  "set them (qb-auth(1), ENVIRONMENT), then run the same command "
	  "again" },
};

static void
test_missing(void)
{
	for (size_t i = 0; i < LENGTH(missing); i++)
		ok(is_told(missing[i].set, NULL, NULL, missing[i].needs,
			   missing[i].text, missing[i].next),
		   "%s", missing[i].text);
	ok(is_told(15, NULL, NULL, SETTINGS_ALL, NULL, NULL), "all are set");
	ok(is_told(13, NULL, NULL, SETTINGS_KEYS, NULL, NULL),
	   "what is not needed may be missing");
	ok(is_told(3, NULL, NULL, SETTINGS_REALM, NULL, NULL),
	   "so may the application's keys");
}

static void
test_invalid(void)
{
	ok(is_told(15, "QBO_ENV", "live", SETTINGS_ALL,
		   "QBO_ENV must be sandbox or production, not \"live\"", ""),
	   "an environment that does not exist");
	ok(is_told(15, "QBO_REALM_ID", "12a", SETTINGS_ALL,
		   "QBO_REALM_ID must be a number, not \"12a\"", ""),
	   "a company that is not a number");
}

int
main(void)
{
	for (size_t i = 0; i < LENGTH(names); i++) {
		char file[32];

		snprintf(file, sizeof(file), "%s_FILE", names[i]);
		unsetenv(file);
	}
	test_missing();
	test_invalid();
	return tap_done();
}
