/* jsonb_accepts() decides as a real server does, wherever they might differ. */
#include <fcntl.h>

#include "postgres/jsonb_limits.h"
#include "tap.h"
#include "json/json.h"

enum { MOST = 8 * 1024 * 1024, GENERATED = 600 };

static struct failure why;

static void
must(bool done)
{
	if (!done)
		BUG(why.text);
}

static bool
holds(struct slice text, const char **reason)
{
	must(json_check(text, &why));
	return jsonb_accepts(text, reason);
}

/* A fixed sequence: each run asks the same. */
static unsigned
chance(unsigned below)
{
	static uint64_t state = 42;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(state >> 33) % below;
}

static const struct {
	const char *text;
	const char *reason; /* NULL: it can be held */
} known[] = {
	{ "{\"Id\":\"1\",\"Amount\":100.00}", NULL },
	{ "\"\\u0001\\u00e9\\ud83d\\ude00\"", NULL },
	{ "\"\\\\u0000 \\\\\\\\u0000\"", NULL },
	{ "\"1e999999\"", NULL },
	{ "{\"5e999999\":5}", NULL },
	{ "\"a\\u0000\"", "the escape \\u0000" },
	{ "\"\\\\\\u0000\"", "the escape \\u0000" },
	{ "{\"a\\u0000\":1}", "the escape \\u0000" },
	{ "\"\\ud83d\"", "an unpaired surrogate escape" },
	{ "\"\\ude00\"", "an unpaired surrogate escape" },
	{ "\"\\ude00\\ud83d\"", "an unpaired surrogate escape" },
	{ "\"\\ude00\\ude00\"", "an unpaired surrogate escape" },
	{ "\"\\ud83d\\ud83d\"", "an unpaired surrogate escape" },
	{ "\"\\ud83d\\u0041\"", "an unpaired surrogate escape" },
	{ "\"\\ud83d \\ude00\"", "an unpaired surrogate escape" },
	{ "\"\\ud83d\\n\"", "an unpaired surrogate escape" },
	{ "\"\\ud83d\\ude00\\u0000\"", "the escape \\u0000" },
	{ "1e131071", NULL },
	{ "1e131072", "a number beyond the range of numeric" },
	{ "-9.99e131071", NULL },
	{ "10e131071", "a number beyond the range of numeric" },
	{ "0.001e131074", NULL },
	{ "0.001E+131075", "a number beyond the range of numeric" },
	{ "1e-16383", NULL },
	{ "1e-16384", "a number beyond the range of numeric" },
	{ "0e-16384", "a number beyond the range of numeric" },
	{ "0e1073741822", NULL },
	{ "0e1073741823", "a number beyond the range of numeric" },
	{ "0e99999999999999999999999", "a number beyond the range of numeric" },
	{ "-0.0e131073", NULL },
	{ "1e0000000000000000000000005", NULL },
	{ "[{\"a\":[1,\"5e\",-2E131072]}]",
	  "a number beyond the range of numeric" },
};

static void
test_known(void)
{
	for (size_t i = 0; i < LENGTH(known); i++) {
		const char *reason = NULL;
		struct slice text = slice_of(known[i].text);
		bool held = holds(text, &reason);

		ok(known[i].reason ? !held && !strcmp(reason, known[i].reason)
				   : held,
		   "%s: %s", known[i].text,
		   known[i].reason ? known[i].reason : "held");
	}
}

static void
add_times(struct buf *to, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		must(buf_printf(to, &why, "%s", text));
}

/* A digit, then `whole` - 1 and `after` zeros around the point. */
static bool
long_number_holds(const char *digit, size_t whole, size_t after, size_t padding)
{
	const char *reason;
	struct buf text;
	bool held;

	buf_init(&text, MOST);
	must(buf_add(&text, "[", 1, &why));
	add_times(&text, "\"x\",", padding);
	must(buf_printf(&text, &why, "%s", digit));
	add_times(&text, "0", whole - 1);
	if (after)
		must(buf_printf(&text, &why, "."));
	add_times(&text, "0", after);
	must(buf_add(&text, "]", 1, &why));
	held = holds(buf_slice(&text), &reason);
	buf_free(&text);
	return held;
}

static void
test_long(void)
{
	ok(long_number_holds("7", 131072, 0, 0),
	   "131072 digits before the point are held");
	ok(!long_number_holds("7", 131073, 0, 0), "131073 are not");
	ok(long_number_holds("7", 1, 16383, 0),
	   "16383 digits after the point are held");
	ok(!long_number_holds("7", 1, 16384, 0), "16384 are not");
	ok(!long_number_holds("0", 1, 16384, 0), "not even of zero");
	for (size_t padding = 1; padding < 9000; padding += 997)
		ok(!long_number_holds("7", 1, 16384, padding),
		   "a number too long is found behind %zu strings", padding);
}

static const char *
some_exponent(char text[32])
{
	static const int64_t around[] = { 0,      2,      16383,     16384,
					  131071, 131072, 1073741822 };
	int64_t value = around[chance(LENGTH(around))] + chance(5) - 2;

	snprintf(text, 32, "%c%s%" PRId64, chance(2) ? 'e' : 'E',
		 chance(2)                ? "-"
		 : chance(2) || value < 0 ? ""
					  : "+",
		 value < 0 ? -value : value);
	return text;
}

static void
add_number(struct buf *to)
{
	static const char *const wholes[] = { "0", "7", "10", "12345", "9999" };
	static const char *const fractions[] = { "",     ".0",    ".00",
						 ".001", ".1234", ".50" };
	static const size_t lengths[] = { 16379, 16381, 16382, 16383, 16384 };
	char exponent[32] = "";

	must(buf_printf(to, &why, "%s%s%s", chance(4) ? "" : "-",
			wholes[chance(LENGTH(wholes))],
			fractions[chance(LENGTH(fractions))]));
	if (!chance(10)) { /* a long tail, where there is a point */
		if (to->at[to->len - 1] != '.' && !memchr(to->at, '.', to->len))
			must(buf_printf(to, &why, ".0"));
		add_times(to, "0", lengths[chance(LENGTH(lengths))]);
	}
	must(buf_printf(to, &why, "%s", some_exponent(exponent)));
}

static void
add_string(struct buf *to)
{
	static const char *const parts[] = {
		"\\u0000", "\\ud83d", "\\ude00",      "\\ud83d\\ude00",
		"\\\\",    "\\n",     "\\u0041",      "\\uDBFF",
		"\\uDFFF", "u0000",   "5e99999999",   "\xc3\xa9",
		"\\u0001", "\\uffff", "\xed\x9f\xbf", "\\\"",
	};

	must(buf_printf(to, &why, "\""));
	for (unsigned n = chance(4); n--;)
		must(buf_printf(to, &why, "%s", parts[chance(LENGTH(parts))]));
	must(buf_printf(to, &why, "\""));
}

/* Plain, in an array, as a member's value, or (a string) as its key. */
static void
add_case(struct buf *to)
{
	bool number = chance(2);
	unsigned where = chance(4);

	buf_clear(to);
	if (where == 1)
		must(buf_printf(to, &why, "[1,\"e\",{\"a\":"));
	if (where == 2)
		must(buf_printf(to, &why, "{\"e\":"));
	if (where == 3 && !number)
		must(buf_printf(to, &why, "{"));
	if (number)
		add_number(to);
	else
		add_string(to);
	if (where == 1)
		must(buf_printf(to, &why, "}]"));
	if (where == 2)
		must(buf_printf(to, &why, "}"));
	if (where == 3 && !number)
		must(buf_printf(to, &why, ":1e5}"));
}

/* 512 arrays and objects around a zero. */
static void
add_nest(struct buf *to)
{
	buf_clear(to);
	add_times(to, "[{\"a\":", JSON_DEEPEST / 2);
	must(buf_printf(to, &why, "0"));
	add_times(to, "}]", JSON_DEEPEST / 2);
}

/* One line of COPY's text format: only backslashes need care here. */
static void
write_line(FILE *to, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\')
			fputc('\\', to);
		fputc(text.at[i], to);
	}
	fputc('\n', to);
}

/* Our results go to `ours`, the cases to the server's script. */
static void
write_script(FILE *to, char *ours)
{
	const char *reason;
	struct buf text;

	buf_init(&text, MOST);
	fputs("create temp table cases (no serial, text text);\n"
	      "create function pg_temp.holds(t text) returns boolean\n"
	      "language plpgsql as $$ begin perform t::jsonb; return true;\n"
	      "exception when others then return false; end $$;\n"
	      "copy cases (text) from stdin;\n",
	      to);
	for (size_t i = 0; i < GENERATED; i++) {
		if (i)
			add_case(&text);
		else
			add_nest(&text);
		ours[i] = holds(buf_slice(&text), &reason) ? 't' : 'f';
		write_line(to, buf_slice(&text));
	}
	fputs("\\.\nselect pg_temp.holds(text) from cases order by no;\n", to);
	buf_free(&text);
}

/* The server's results, one line each; false when there is no server. */
static bool
ask_server(const char *path, char *theirs)
{
	char command[512], line[16];
	size_t n = 0;
	FILE *answers;

	snprintf(command, sizeof(command),
		 "PGHOST=$QB_TEST_PGHOST PGPORT=$QB_TEST_PGPORT "
		 "PGUSER=$QB_TEST_PGUSER PGDATABASE=$QB_TEST_PGDATABASE "
		 "psql -XqAt -v ON_ERROR_STOP=1 -f '%s'",
		 path);
	answers = popen(command, "r");
	while (answers && n < GENERATED && fgets(line, sizeof(line), answers))
		theirs[n++] = line[0];
	return answers && !pclose(answers) && n == GENERATED;
}

static void
test_server(void)
{
	char path[] = "/tmp/jsonb_test.XXXXXX";
	char ours[GENERATED], theirs[GENERATED];
	size_t differ = 0, held = 0;
	bool answered;
	FILE *script;
	int fd;

	if (!getenv("QB_TEST_PGHOST")) {
		ok(1, "the server agrees # SKIP no PostgreSQL in the "
		      "environment (QB_TEST_PGHOST)");
		return;
	}
	fd = mkstemp(path);
	script = fd < 0 ? NULL : fdopen(fd, "w");
	if (!script) {
		ok(0, "there is a temporary file");
		return;
	}
	write_script(script, ours);
	must(!fclose(script));
	answered = ask_server(path, theirs);
	unlink(path);
	ok(answered, "a real server decides on %d texts", GENERATED);
	for (size_t i = 0; answered && i < GENERATED; i++) {
		held += theirs[i] == 't';
		if (ours[i] == theirs[i])
			continue;
		differ++;
		printf("# case %zu: we say %c\n", i, ours[i]);
	}
	ok(answered && !differ, "ours is the same");
	ok(answered && held > GENERATED / 4 && held < GENERATED * 3 / 4,
	   "and the texts are of both kinds");
	printf("# %zu of %d are held\n", held, GENERATED);
	ok(answered && theirs[0] == 't' && ours[0] == 't',
	   "512 levels pass the server's stack");
}

int
main(void)
{
	test_known();
	test_long();
	test_server();
	return tap_done();
}
