/*
 * json_bench - how fast the slicer validates, beside simdjson and libjq.
 *
 * json_bench PASSES [NAME=FILE ...]: FILE holds rows, one a line; a page is
 * made of them.  Two more kinds it makes itself.  Prints MB per second of
 * processor time, the medians of passes taken in turn.  Fails when a text is
 * not valid, or when a ratio is out by half again: simdjson more than 1.5 times
 * as fast as the slicer, or the slicer less than 10 times as fast as libjq.
 */
#include <fcntl.h>
#include <jv.h>
#include <time.h>

#include "stream/lines.h"
#include "json/json.h"

enum {
	MOST = 8 * 1024 * 1024,
	SIZE = 2 * 1024 * 1024, /* a page of 1000 invoices */
	PADDING = 64,           /* that simdjson may read past the end */
	MOST_PASSES = 1001,
	JQ_PASSES = 3,
};

static const double most_simdjson = 1.5 * 1.5, least_libjq = 10 / 1.5;

/* tests/bench/simdjson_dom.cc */
bool simdjson_once(const char *at, size_t len);
const char *simdjson_kernel(void);

static void
must(bool done, const struct failure *why)
{
	if (!done) {
		fprintf(stderr, "json_bench: %s\n", why->text);
		exit(70);
	}
}

static void
add_escapes(struct buf *to, int n, struct failure *why)
{
	must(buf_printf(to, why,
			"{\"Id\":\"%d\",\"Notes\":\"a\\tb\\n\\\"c\\\" \\u00e9"
			"\\ud83d\\ude00\\\\ \\/ \xe4\xb8\xad\xe6\x96\x87 \xf0"
			"\x9f\x98\x80 \\r\\n\\f\\b\\u0041\\u0042\"}",
			n),
	     why);
}

static void
add_nest(struct buf *to, int n, struct failure *why)
{
	for (int i = 0; i < 60; i++)
		must(buf_printf(to, why, "[{\"a\":"), why);
	must(buf_printf(to, why, "%d", n), why);
	for (int i = 0; i < 60; i++)
		must(buf_add(to, "}]", 2, why), why);
}

static void
make_page(struct buf *text,
	  void (*add)(struct buf *to, int n, struct failure *why),
	  struct failure *why)
{
	for (int n = 0; text->len < SIZE; n++) {
		must(buf_add(text, n ? "," : "[", 1, why), why);
		add(text, n, why);
	}
	must(buf_add(text, "]", 1, why), why);
}

static void
read_page(struct buf *text, const char *path, struct failure *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct lines_in in;
	struct slice row;

	must(fd >= 0 || fail_errno(why, path), why);
	lines_in_init(&in, fd, NULL);
	while (text->len < SIZE && lines_next(&in, &row, why) == LINES_ONE) {
		must(buf_add(text, text->len ? "," : "[", 1, why), why);
		must(buf_add_slice(text, row, why), why);
	}
	must(!why->kind && buf_add(text, "]", 1, why), why);
	lines_in_free(&in);
	close(fd);
}

static void
json_once(struct slice text, struct failure *why)
{
	must(json_check(text, why), why);
}

static void
dom_once(struct slice text, struct failure *why)
{
	must(simdjson_once(text.at, text.len) ||
		     fail(why, FAILURE_BUG, "simdjson refuses the text"),
	     why);
}

static void
jq_once(struct slice text, struct failure *why)
{
	/* a few MB fit an int */
	jv value = jv_parse_sized(text.at, (int)text.len);

	if (!jv_is_valid(value))
		must(fail(why, FAILURE_BUG, "libjq refuses the text"), why);
	jv_free(value);
}

static const struct rival {
	void (*once)(struct slice text, struct failure *why);
	int most_passes;
} rivals[] = {
	{ json_once, MOST_PASSES },
	{ dom_once, MOST_PASSES },
	{ jq_once, JQ_PASSES },
};

static int64_t passes;
static bool out_by_half;

static int64_t
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* All rivals on one text, in turn; the medians in MB a second. */
static void
race(struct slice text, double mb_s[LENGTH(rivals)], struct failure *why)
{
	static int64_t took[LENGTH(rivals)][MOST_PASSES];

	for (int pass = 0; pass < passes; pass++)
		for (size_t i = 0; i < LENGTH(rivals); i++) {
			if (pass >= rivals[i].most_passes)
				continue;
			int64_t start = cpu_ns();

			rivals[i].once(text, why);
			took[i][pass] = cpu_ns() - start;
		}
	for (size_t i = 0; i < LENGTH(rivals); i++) {
		int64_t most = rivals[i].most_passes;
		size_t took_n = (size_t)(passes < most ? passes : most);

		qsort(took[i], took_n, sizeof(*took[i]), by_size);
		mb_s[i] = (double)text.len * 1e3 / (double)took[i][took_n / 2];
	}
}

static void
report(const char *name, int len, struct buf *text, struct failure *why)
{
	double mb_s[LENGTH(rivals)];
	char *padding = buf_reserve(text, PADDING, why);

	must(padding, why);
	memset(padding, 0, PADDING);
	race(buf_slice(text), mb_s, why);
	printf("%-10.*s %9.0f %9.0f %9.2f %9.0f %9.1f\n", len, name, mb_s[0],
	       mb_s[1], mb_s[1] / mb_s[0], mb_s[2], mb_s[0] / mb_s[2]);
	out_by_half |= mb_s[1] > most_simdjson * mb_s[0] ||
		       mb_s[0] < least_libjq * mb_s[2];
	buf_clear(text);
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, MOST);
	must((argc > 1 && json_integer(slice_of(argv[1]), &passes) &&
	      passes > 0 && passes <= MOST_PASSES) ||
		     fail(&why, FAILURE_USAGE, "PASSES"),
	     &why);
	printf("%-10s %9s %9s %9s %9s %9s\n", "MB/s", "slicer", "simdjson",
	       "it/slicer", "libjq", "slicer/it");
	for (int i = 2; i < argc; i++) {
		const char *file = strchr(argv[i], '=');

		must(file || fail(&why, FAILURE_USAGE, "NAME=FILE"), &why);
		read_page(&text, file + 1, &why);
		report(argv[i], (int)(file - argv[i]), &text, &why);
	}
	make_page(&text, add_escapes, &why);
	report("escapes", 7, &text, &why);
	make_page(&text, add_nest, &why);
	report("nesting", 7, &text, &why);
	printf("simdjson runs its kernel for %s\n", simdjson_kernel());
	buf_free(&text);
	return out_by_half;
}
