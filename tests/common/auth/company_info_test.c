/* covers: company_info company_name monthly_count */
#include <sys/stat.h>

#include "auth/company_info.h"
#include "auth/monthly_count.h"
#include "auth/sign_in.h"
#include "base/clock.h"
#include "qboserver.h"
#include "tap.h"

#define LOGIN "POST ok:" TOKENS("2") "\n"
#define INFO(name) \
	"GET ok:{\"CompanyInfo\":{\"Id\":\"1\",\"CompanyName\":\"" name \
	"\"},\"time\":\"t\"}\n"

static struct settings with = { .env = "sandbox",
				.realm = "1234567890",
				.client_id = "client",
				.client_secret = "CANARY-SECRET" };
static struct http_client *http;
static char url[64];
static struct failure why;

/* A new login, and a server that answers the call with `script`. */
static void
begin(struct rawserver *s, const char *script)
{
	const struct authorization_code code = { .code = SLICE("CANARY-CODE"),
						 .redirect = "http://x/" };
	char both[8192];

	forget_login();
	snprintf(both, sizeof(both), LOGIN "%s", script);
	rawserver_start(s, folder, both);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s->port);
	with.token_url = with.api_url = url;
	with.monthly_calls = 0;
	why = (struct failure){ 0 };
	if (!sign_in_with_code(&with, http, &code, &why))
		abort();
}

static int64_t
counted(void)
{
	struct monthly_count c;
	int64_t calls;

	monthly_count_init(&c, with.env, with.client_id,
			   monthly_count_month(clock_now_us()));
	return monthly_count_look(&c, &calls, &why) ? calls : -1;
}

/* "" if it is not known. */
static const char *
known(void)
{
	static struct buf name;

	buf_free(&name);
	buf_init(&name, 4096);
	return company_name_read(&with, &name) ? name.at : "";
}

static void
test_name(void)
{
	struct rawserver s;

	begin(&s, INFO("Ca\\\\u00f1\\\\u00f3n\\s&\\s\\\\\"Sons\\\\\""));
	is(known(), "", "before the call no name is known");
	ok(company_info_learn(&with, http, &why), "the call");
	is(known(), "Ca\303\261\303\263n & \"Sons\"", "the name is known");
	ok(rawserver_asked(&s, "GET /v3/company/1234567890/companyinfo/"
			       "1234567890?minorversion=75 HTTP/1.1") == 1 &&
		   rawserver_asked(&s, "Authorization: Bearer "
				       "CANARY-ACCESS-2") == 1 &&
		   rawserver_asked(&s, "POST /") == 1,
	   "by one request, and no token was refreshed");
	ok(counted() == 1, "it is counted");
	with.realm = "1234567891";
	is(known(), "", "another company has no name");
	with.realm = "1234567890";
	rawserver_stop(&s);

	begin(&s, INFO("Tiny\\\\u001b[2J\\\\n\\\\u202eynit"));
	ok(company_info_learn(&with, http, &why), "a name with surprises");
	is(known(), "Tiny\\x1b[2J\\n\\u202eynit", "is spelled out");
	rawserver_stop(&s);
}

static const struct {
	const char *name, *script, *text;
	int64_t calls;
} failures[] = {
	{ "no access",
	  "GET 403:{\"fault\":{\"error\":[{\"message\":\"No\",\"code\":"
	  "\"3100\"}],\"type\":\"SERVICE\"}}\n",
	  "HTTP 403, 3100 No", 0 },
	{ "a token that has expired", "GET 401:CANARY\n", "HTTP 401", 0 },
	{ "a page", "GET 404:<html>CANARY</html>\n", "HTTP 404", 0 },
	{ "a connection that breaks", "GET reset\n", "", 0 },
	{ "a fault with 200",
	  "GET ok:{\"Fault\":{\"Error\":[{\"Message\":\"No\",\"code\":\"10\"}]"
	  ",\"type\":\"x\"}}\n",
	  "HTTP 200, 10 No", 1 },
	{ "no name", "GET ok:{\"CompanyInfo\":{\"Id\":\"1\"}}\n",
	  "CompanyName is missing", 1 },
	{ "a name that is a number",
	  "GET ok:{\"CompanyInfo\":{\"CompanyName\":1}}\n", "", 1 },
	{ "an empty name", INFO(""), "CompanyName is empty", 1 },
	{ "JSON that is cut", "GET ok:{\"CompanyInfo\":\n", "", 1 },
	{ "nothing", "GET ok:\n", "", 1 },
};

/* All at one server, one after the other. */
static void
test_failures(void)
{
	char script[4096] = "";
	int64_t calls = 0;
	struct rawserver s;

	for (size_t i = 0; i < LENGTH(failures); i++) {
		size_t len = strlen(script);

		snprintf(script + len, sizeof(script) - len, "%s",
			 failures[i].script);
	}
	begin(&s, script);
	for (size_t i = 0; i < LENGTH(failures); i++) {
		why = (struct failure){ 0 };
		bool learnt = company_info_learn(&with, http, &why);
		ok(!learnt && why.text[0] &&
			   strstr(why.text, failures[i].text) && !*known() &&
			   rawserver_asked(&s, "GET /") == (int)i + 1,
		   "%s: no name, and asked once", failures[i].name);
		printf("# %s\n", why.text);
		calls += failures[i].calls;
		ok(counted() == calls, "%s: %d is metered", failures[i].name,
		   (int)failures[i].calls);
	}
	rawserver_stop(&s);
}

static void
test_limit(void)
{
	struct rawserver s;

	begin(&s, INFO("Tiny"));
	with.monthly_calls = 1;
	ok(company_info_learn(&with, http, &why) &&
		   !company_info_learn(&with, http, &why) &&
		   strstr(why.text, "calls of this month are used up") &&
		   rawserver_asked(&s, "GET /") == 1 && counted() == 1,
	   "QBO_MONTHLY_CALLS is kept");
	is(known(), "Tiny", "and the name stays");
	rawserver_stop(&s);
}

/* The file of the name, changed by `command`. */
static const char *
after(const char *command)
{
	char line[2048];

	snprintf(line, sizeof(line),
		 "cd '%s/qb' && f=sandbox-1234567890.company && %s",
		 getenv("XDG_STATE_HOME"), command);
	if (system(line))
		abort();
	return known();
}

static void
test_file(void)
{
	struct rawserver s;

	begin(&s, INFO("Tiny"));
	ok(company_info_learn(&with, http, &why), "a name is stored");
	is(after("test $(stat -c %a $f) = 600 && cp $f good"), "Tiny",
	   "for its owner");
	is(after("printf '{' >$f"), "", "a file that is cut");
	is(after("sed s/1234567890/1234567891/ good >$f"), "",
	   "a file of another company");
	is(after("sed s/sandbox/production/ good >$f"), "",
	   "a file of another environment");
	is(after("sed 's/\"Tiny\"/7/' good >$f"), "", "a name that is none");
	is(after("sed 's/Tiny/T\\\\u001by/' good >$f"), "T\\x1by",
	   "a control character in the file");
	is(after("sed 's/}/,\"more\":[1]}/' good >$f"), "Tiny",
	   "members that are not known");
	is(after("chmod 666 $f"), "", "a file that others can change");
	is(after("rm $f && ln -s good $f"), "", "a link");
	is(after("rm $f && mkfifo $f"), "", "a pipe");
	is(after("rm $f && cp good $f"), "Tiny", "the file again");
	rawserver_stop(&s);
}

int
main(void)
{
	listen_in();
	umask(022);
	http = http_client_open(&why);
	if (!http)
		abort();
	test_name();
	test_failures();
	test_limit();
	test_file();
	ok(!was_said("CANARY"), "no secret in anything that was said");
	http_client_close(http);
	rawserver_clean(folder);
	return tap_done();
}
