/* covers: credential_helper subprocess */
#include <signal.h>

#include "auth/credential_helper.h"
#include "auth/tokens.h"
#include "base/subprocess.h"
#include "tap.h"

static const struct {
	const char *name, *answer, *password;
	bool right;
} answers[] = {
	{ "a password", "username=1\npassword=x\n\n", "x", true },
	{ "no empty line at the end", "password=x\n", "x", true },
	{ "no newline at the end", "password=x", "x", true },
	{ "more keys than are known",
	  "capability[]=authtype\nprotocol=https\npassword=x\nquit=0\n", "x",
	  true },
	{ "an equals sign in the value", "password=a=b\n", "a=b", true },
	{ "the last of two", "password=x\npassword=y\n", "y", true },
	{ "nothing", "", NULL, true },
	{ "an empty password", "password=\n", NULL, true },
	{ "no password", "username=1\n", NULL, true },
	{ "what comes after an empty line", "\npassword=x\n", NULL, true },
	{ "another company", "username=2\npassword=x\n", NULL, false },
	{ "a carriage return", "password=x\r\n", NULL, false },
	{ "a line that is none", "password\n", NULL, false },
};

static void
test_parse(void)
{
	for (size_t i = 0; i < LENGTH(answers); i++) {
		struct failure why = { 0 };
		struct buf got;
		bool found;

		buf_init(&got, 100);
		bool right = credential_helper_parse(
			slice_of(answers[i].answer), "1", &got, &found, &why);
		ok(right == answers[i].right &&
			   (!right || found == (answers[i].password != NULL)) &&
			   (!right || !found ||
			    slice_is(buf_slice(&got), answers[i].password)) &&
			   (right || (why.kind == FAILURE_DATA &&
				      !strstr(why.text, "x"))),
		   "answer: %s", answers[i].name);
		buf_free(&got);
	}
	struct failure why = { 0 };
	struct buf got;
	bool found;

	buf_init(&got, 100);
	ok(!credential_helper_parse(SLICE("password=a\0b\n"), "1", &got, &found,
				    &why),
	   "answer: a NUL");
	buf_free(&got);
}

/* What `command` makes of a word and an input. */
static bool
ask(const char *command, const char *input, int64_t most_ms, struct buf *got,
    struct failure *why)
{
	buf_clear(got);
	*why = (struct failure){ 0 };
	return subprocess_run(command, "get", slice_of(input), got, most_ms,
			      why);
}

static void
test_child(void)
{
	struct failure why;
	struct buf got;

	buf_init(&got, 5000);
	ok(ask("printf '%s:' a; echo", "", 20000, &got, &why) &&
		   slice_is(buf_slice(&got), "a:get\n"),
	   "the word is the last argument of a command for the shell");
	ok(ask("f() { cat; }; f", "a b\n", 20000, &got, &why) &&
		   slice_is(buf_slice(&got), "a b\n"),
	   "the input is given");
	ok(!ask("exit 3; :", "", 20000, &got, &why) && why.kind == FAILURE_IO &&
		   strstr(why.text, "status 3"),
	   "another status than 0 is a failure");
	ok(!ask("kill -9 $$; :", "", 20000, &got, &why) &&
		   strstr(why.text, "signal 9"),
	   "so is a signal");
	ok(!ask("exec sleep 100; :", "", 200, &got, &why) &&
		   strstr(why.text, "no answer"),
	   "one that does not answer is ended");
	ok(!ask("exec >&-; exec sleep 100; :", "", 2000, &got, &why) &&
		   strstr(why.text, "does not exit"),
	   "so is one that does not end");
	ok(!ask("yes; :", "", 20000, &got, &why) &&
		   strstr(why.text, "too long"),
	   "output that is too long is refused");
	ok(ask("exec <&-; echo", "x", 20000, &got, &why) &&
		   slice_is(buf_slice(&got), "get\n"),
	   "one may answer without reading");
	setenv("QBO_CLIENT_SECRET", "CANARY", 1);
	setenv("QBO_REFRESH_TOKEN", "CANARY", 1);
	setenv("QBO_REALM_ID", "1", 1);
	ok(ask("env | grep ^QBO; :", "", 20000, &got, &why) &&
		   !strstr(got.at, "CANARY") &&
		   strstr(got.at, "QBO_REALM_ID=1"),
	   "no secret is in its environment");
	buf_free(&got);
}

/* What it is told, by a helper that writes it down. */
static void
test_question(void)
{
	char file[] = "/tmp/qb-helper-XXXXXX", command[100], text[1000] = "";
	struct credential_helper h = { .command = command,
				       .env = "production",
				       .realm = "42" };
	struct failure why = { 0 };
	int fd = mkstemp(file);

	if (fd < 0)
		abort();
	snprintf(command, sizeof(command), "f() { echo $1; cat; } >%s; f",
		 file);
	ok(credential_helper_store(&h, SLICE("secret one"), &why) &&
		   read(fd, text, sizeof(text) - 1) > 0,
	   "a password is stored");
	is(text,
	   "store\nprotocol=https\nhost=quickbooks.api.intuit.com\n"
	   "username=42\npassword=secret one\n\n",
	   "by lines as git would write them");
	ok(!credential_helper_store(&h, SLICE("a\nb"), &why) &&
		   why.kind == FAILURE_DATA,
	   "LF is refused");
	ok(!credential_helper_store(&h, SLICE("a\rb"), &why) &&
		   why.kind == FAILURE_DATA,
	   "CR is refused");
	ok(!credential_helper_store(&h, SLICE("a\0b"), &why) &&
		   why.kind == FAILURE_DATA,
	   "NUL is refused");
	h.env = "sandbox";
	memset(text, 0, sizeof(text));
	ok(credential_helper_erase(&h, &why) &&
		   pread(fd, text, sizeof(text) - 1, 0) > 0,
	   "it is erased");
	is(text,
	   "erase\nprotocol=https\nhost=sandbox-quickbooks.api.intuit.com\n"
	   "username=42\n\n",
	   "by the same lines without a password");
	close(fd);
	unlink(file);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_parse();
	test_child();
	test_question();
	return tap_done();
}
