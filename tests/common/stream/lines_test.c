/* Records from descriptors of every kind, whole or refused. */
#include <fcntl.h>
#include <sys/wait.h>
#include <zlib.h>

#include "stream/lines.h"
#include "tap.h"

enum { MOST = 80 * 1024 * 1024 };

static struct failure why;

static void
must(bool done)
{
	if (!done)
		BUG(why.text);
}

static void
add(struct buf *to, const char *text)
{
	must(buf_add(to, text, strlen(text), &why));
}

/* The n-th line: its length grows past what one read gives. */
static void
add_line(struct buf *to, size_t n)
{
	char letter = (char)('a' + n % 26);

	for (size_t i = 0; i < n * n * 37; i++)
		must(buf_add(to, &letter, 1, &why));
	must(buf_printf(to, &why, "%zu\n", n));
}

static void
add_gzip(struct buf *to, struct slice text)
{
	struct gzip_out gzip;

	gzip_out_init(&gzip, 1);
	must(gzip_deflate(&gzip, text, to, &why));
	must(gzip_out_end(&gzip, to, &why));
	gzip_out_free(&gzip);
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

/* All lines of the descriptor, each looked at before, joined again. */
static enum lines_got
read_all(int fd, struct buf *got)
{
	struct lines_in in;
	struct slice line;
	enum lines_got status;

	buf_clear(got);
	why = (struct failure){ 0 };
	lines_in_init(&in, fd, NULL);
	while ((status = lines_peek(&in, &line, &why)) == LINES_ONE &&
	       (status = lines_next(&in, &line, &why)) == LINES_ONE) {
		must(buf_add_slice(got, line, &why));
		must(buf_add(got, "\n", 1, &why));
	}
	lines_in_free(&in);
	return status;
}

static void
reads_back(struct slice bytes, struct slice want, const char *what)
{
	FILE *file = file_of(bytes);
	struct buf got;

	buf_init(&got, MOST);
	ok(read_all(fileno(file), &got) == LINES_END &&
		   slice_equal(buf_slice(&got), want),
	   "%s", what);
	if (why.kind)
		printf("# %s\n", why.text);
	buf_free(&got);
	fclose(file);
}

/* `lines` are given before the reading fails as `error` says. */
static void
fails(struct slice bytes, struct slice lines, const char *error,
      const char *what)
{
	FILE *file = file_of(bytes);
	struct buf got;
	enum lines_got status;

	buf_init(&got, MOST);
	status = read_all(fileno(file), &got);
	ok(status == LINES_FAILED && why.kind == FAILURE_DATA &&
		   slice_equal(buf_slice(&got), lines) &&
		   strstr(why.text, error),
	   "%s", what);
	if (!strstr(why.text, error))
		printf("# %s\n", why.text);
	buf_free(&got);
	fclose(file);
}

/* A child that writes `bytes`, `step` at a time; returns where to read. */
static int
slow_writer(struct slice bytes, size_t step, pid_t *child)
{
	int ends[2];

	if (pipe(ends))
		BUG("no pipe");
	*child = fork();
	if (*child) {
		close(ends[1]);
		return ends[0];
	}
	close(ends[0]);
	while (bytes.len) {
		size_t len = bytes.len < step ? bytes.len : step;

		if (write(ends[1], bytes.at, len) != (ssize_t)len)
			_exit(1);
		bytes.at += len;
		bytes.len -= len;
	}
	_exit(0);
}

static void
reads_slowly(struct slice bytes, size_t step, struct slice want,
	     const char *what)
{
	struct buf got;
	pid_t child;
	int fd = slow_writer(bytes, step, &child);

	buf_init(&got, MOST);
	ok(read_all(fd, &got) == LINES_END &&
		   slice_equal(buf_slice(&got), want),
	   "%s", what);
	close(fd);
	waitpid(child, NULL, 0);
	buf_free(&got);
}

static void
test_whole(struct slice text, struct slice packed)
{
	reads_back(text, text,
		   "lines of all lengths across reads come as they were");
	reads_back(packed, text, "and so they do out of gzip");
	reads_back(SLICE(""), SLICE(""), "an empty input has no line");
	reads_back(SLICE("\n\n"), SLICE("\n\n"), "empty lines are lines");
	reads_back(SLICE("a\0b\r\n\0\n"), SLICE("a\0b\r\n\0\n"),
		   "NULs and carriage returns are bytes like others");
	reads_back(SLICE("\x1f\n"), SLICE("\x1f\n"),
		   "half of gzip's first bytes is no gzip");
}

static void
test_gzip(void)
{
	struct buf packed, text;

	buf_init(&packed, MOST);
	buf_init(&text, MOST);
	add_gzip(&packed, SLICE("one\ntw"));
	add_gzip(&packed, SLICE(""));
	add_gzip(&packed, SLICE("o\nthree\n"));
	struct slice all = buf_slice(&packed);
	struct slice lines = SLICE("one\ntwo\nthree\n");

	reads_back(all, lines, "a line may go on in the next gzip member");
	reads_slowly(all, 1, lines, "gzip on a pipe, a byte at a time");
	reads_slowly(all, 7, lines, "gzip on a pipe, seven bytes at a time");
	reads_slowly(lines, 1, lines, "plain text, a byte at a time");
	all.len--;
	fails(all, lines, "truncated", "gzip without its last byte is cut off");
	all.len++;
	must(buf_add(&packed, "\0\0", 2, &why));
	fails(buf_slice(&packed), lines, "corrupt gzip",
	      "zeros after the last gzip member are refused");
	buf_free(&packed);
	buf_free(&text);
}

/* A line that was compressed and flushed comes out while the pipe is open. */
static void
test_gzip_live(void)
{
	unsigned char packed[256];
	z_stream z = { .next_in = (Bytef *)(uintptr_t) "one\ntwo\nthr",
		       .avail_in = 11,
		       .next_out = packed,
		       .avail_out = sizeof(packed) };
	struct lines_in in;
	struct slice line;
	int ends[2];

	if (pipe(ends) || deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8,
				       Z_DEFAULT_STRATEGY))
		BUG("no pipe, or no zlib");
	deflate(&z, Z_SYNC_FLUSH);
	size_t len = sizeof(packed) - z.avail_out;
	deflateEnd(&z);
	if (write(ends[1], packed, len) != (ssize_t)len)
		BUG("a pipe that takes nothing");
	lines_in_init(&in, ends[0], NULL);
	ok(lines_next(&in, &line, &why) == LINES_ONE && slice_is(line, "one") &&
		   lines_next(&in, &line, &why) == LINES_ONE &&
		   slice_is(line, "two"),
	   "flushed lines of gzip are not held back on a live pipe");
	close(ends[1]);
	ok(lines_next(&in, &line, &why) == LINES_FAILED &&
		   why.kind == FAILURE_DATA,
	   "and then the truncation is reported");
	is(why.text, "truncated gzip data", "as one of gzip");
	lines_in_free(&in);
	close(ends[0]);
}

/* Each proper beginning of a gzip file: never taken for the whole. */
static void
test_gzip_truncations(void)
{
	struct slice text = SLICE("{\"a\":1}\n{\"b\":22}\n{\"c\":333}\n");
	struct buf packed, got;
	size_t taken = 0, strange = 0;

	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	add_gzip(&packed, text);
	for (size_t len = 1; len < packed.len; len++) {
		FILE *file = file_of((struct slice){ packed.at, len });

		taken += read_all(fileno(file), &got) != LINES_FAILED;
		strange += got.len && memcmp(got.at, text.at, got.len);
		fclose(file);
	}
	ok(!taken, "no truncation of a gzip file passes");
	ok(!strange, "and what came before was right");
	buf_free(&packed);
	buf_free(&got);
}

static void
test_cut(void)
{
	fails(SLICE("one\ntwo"), SLICE("one\n"), "the last line is incomplete",
	      "a last line without its newline is refused");
	fails(SLICE("x"), SLICE(""), "the last line is incomplete",
	      "a single byte too");
	fails(SLICE("\x1f"), SLICE(""), "the last line is incomplete",
	      "the first byte of gzip alone");
	fails(SLICE("\x1f\x8b"), SLICE(""), "truncated gzip data",
	      "gzip's two first bytes alone");
}

static void
test_longest(void)
{
	struct buf text;

	buf_init(&text, MOST);
	char *room = buf_reserve(&text, LINES_LONGEST, &why);
	must(room);
	memset(room, 'x', LINES_LONGEST);
	buf_wrote(&text, LINES_LONGEST);
	add(&text, "\n");
	reads_back(buf_slice(&text), buf_slice(&text),
		   "a line of 64 MiB is read");
	buf_truncate(&text, text.len - 1);
	add(&text, "x\n");
	fails(buf_slice(&text), SLICE(""), "a line longer than 67108864 bytes",
	      "one byte more is refused");
	buf_truncate(&text, text.len - 1);
	for (int i = 0; i < 300000; i++)
		add(&text, "xx");
	fails(buf_slice(&text), SLICE(""), "a line longer than 67108864 bytes",
	      "a line much longer is refused as well");
	buf_free(&text);
}

static void
no_wait(int fd)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		BUG("no O_NONBLOCK");
}

/* Some other program left O_NONBLOCK on the pipes that we share with it. */
static void
test_nonblocking(struct slice text)
{
	struct buf got;
	pid_t child;
	int fd = slow_writer(text, 1000, &child);

	buf_init(&got, MOST);
	no_wait(fd);
	ok(read_all(fd, &got) == LINES_END &&
		   slice_equal(buf_slice(&got), text),
	   "a descriptor that does not wait is waited for");
	close(fd);
	waitpid(child, NULL, 0);
	buf_free(&got);
}

static void
test_unreadable(void)
{
	struct lines_in in;
	struct slice line;
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	lines_in_init(&in, fd, NULL);
	ok(lines_next(&in, &line, &why) == LINES_FAILED &&
		   why.kind == FAILURE_IO,
	   "a read that fails is this machine's matter");
	is(why.text, "read: Is a directory", "and says why");
	lines_in_free(&in);
	close(fd);
}

/* How large the pipe is once `len` bytes of it were read. */
static int
size_after(int pipe[2], size_t len)
{
	static char text[64 * 1024];
	struct lines_in in;
	struct slice line;
	bool read;

	memset(text, '\n', sizeof(text));
	lines_in_init(&in, pipe[0], NULL);
	read = write(pipe[1], text, len) == (ssize_t)len;
	for (size_t i = 0; i < len; i++)
		read = read && lines_next(&in, &line, &why) == LINES_ONE;
	ok(read, "%zu lines come through", len);
	lines_in_free(&in);
	return fcntl(pipe[0], F_GETPIPE_SZ);
}

static void
test_wide(void)
{
	int pipes[2];

	must(!pipe(pipes) && fcntl(pipes[0], F_SETPIPE_SZ, 64 * 1024) > 0);
	ok(size_after(pipes, 1000) == 64 * 1024, "a pipe is left as it is");
	ok(size_after(pipes, 64 * 1024) == 512 * 1024,
	   "and made larger where it was full");
	must(fcntl(pipes[0], F_SETPIPE_SZ, 1024 * 1024) > 0);
	ok(size_after(pipes, 64 * 1024) == 1024 * 1024,
	   "one that is large already stays so");
	close(pipes[0]);
	close(pipes[1]);
}

int
main(void)
{
	struct buf text, packed;

	buf_init(&text, MOST);
	buf_init(&packed, MOST);
	for (size_t n = 0; n < 70; n++)
		add_line(&text, n);
	add_gzip(&packed, buf_slice(&text));

	test_whole(buf_slice(&text), buf_slice(&packed));
	test_gzip();
	test_gzip_live();
	test_gzip_truncations();
	test_cut();
	test_longest();
	test_nonblocking(buf_slice(&text));
	test_unreadable();
	test_wide();
	buf_free(&packed);
	buf_free(&text);
	return tap_done();
}
