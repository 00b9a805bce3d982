#include "lines.h"
#include "tap.h"

enum { MOST = 16 * 1024 * 1024 };

/* The n-th line: its length grows past what one read gives. */
static void
add_line(struct buf *to, size_t n)
{
	struct failure why = { 0 };
	char letter = (char)('a' + n % 26);

	for (size_t i = 0; i < n * n * 37; i++)
		if (!buf_add(to, &letter, 1, &why))
			exit(1);
	if (!buf_printf(to, &why, "%zu\n", n))
		exit(1);
}

static FILE *
file_of(struct slice bytes)
{
	FILE *file = tmpfile();

	if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len ||
	    fflush(file) || fseek(file, 0, SEEK_SET))
		exit(1);
	return file;
}

/* Reads all lines, joins them again, and holds them against `want`. */
static void
reads_back(struct slice bytes, struct slice want, const char *what)
{
	FILE *file = file_of(bytes);
	struct failure why = { 0 };
	struct lines_in in;
	struct slice line;
	struct buf got;
	enum lines_got status;

	buf_init(&got, MOST);
	lines_in_init(&in, fileno(file), NULL);
	while ((status = lines_next(&in, &line, &why)) == LINES_ONE)
		if (!buf_add_slice(&got, line, &why) ||
		    !buf_add(&got, "\n", 1, &why))
			exit(1);
	ok(status == LINES_END && slice_equal(buf_slice(&got), want), "%s",
	   what);
	if (why.kind)
		printf("# %s\n", why.text);
	lines_in_free(&in);
	buf_free(&got);
	fclose(file);
}

int
main(void)
{
	struct failure why = { 0 };
	struct buf text, packed;
	struct gzip_out gzip;

	buf_init(&text, MOST);
	buf_init(&packed, MOST);
	for (size_t n = 0; n < 70; n++)
		add_line(&text, n);
	reads_back(buf_slice(&text), buf_slice(&text),
		   "lines of all lengths across reads come as they were");

	gzip_out_init(&gzip, 1);
	if (!gzip_deflate(&gzip, buf_slice(&text), &packed, &why) ||
	    !gzip_out_end(&gzip, &packed, &why))
		return 1;
	gzip_out_free(&gzip);
	reads_back(buf_slice(&packed), buf_slice(&text),
		   "and so they do out of gzip");
	reads_back(SLICE(""), SLICE(""), "an empty input has no line");

	buf_free(&packed);
	buf_free(&text);
	return tap_done();
}
