/* Records written: flushed in time, never twice, and failures reported. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "stream/lines.h"
#include "tap.h"

enum { MANY = 20000 };

static struct failure why;

static void
add(struct buf *to, const char *text)
{
	if (!buf_add(to, text, strlen(text), &why))
		BUG(why.text);
}

static void
next_is(struct lines_in *in, enum lines_got want, const char *text)
{
	struct slice line = { 0 };
	enum lines_got got = lines_next(in, &line, &why);

	if (got != want || (text && !slice_is(line, text)))
		BUG("another line than was written");
}

/* What was answered so far leaves before we wait for more. */
static void
test_flush_first(void)
{
	int in_pipe[2], out_pipe[2];
	struct lines_out out;
	struct lines_in in;
	struct slice line;
	char seen[16];

	if (pipe(in_pipe) || pipe(out_pipe))
		BUG("no pipe");
	lines_out_init(&out, out_pipe[1]);
	lines_in_init(&in, in_pipe[0], &out);
	ok(!lines_ready(&in), "nothing is ready before anything was written");
	ok(write(in_pipe[1], "one\ntwo\n", 8) == 8 && lines_ready(&in),
	   "something is ready then");
	next_is(&in, LINES_ONE, NULL);
	add(&out.pending, "answer\n");
	if (!lines_push(&out, &why))
		BUG(why.text);
	ok(out.pending.len == 7 && lines_ready(&in),
	   "a short answer stays pending while another line is there");
	next_is(&in, LINES_ONE, "two");
	ok(out.pending.len == 7, "that line is taken first");
	ok(!lines_ready(&in), "then nothing is ready");
	close(in_pipe[1]);
	ok(lines_ready(&in), "the end of the file is");
	ok(lines_next(&in, &line, &why) == LINES_END && !out.pending.len &&
		   read(out_pipe[0], seen, sizeof(seen)) == 7 &&
		   !memcmp(seen, "answer\n", 7),
	   "the answer left before the read");
	ok(lines_next(&in, &line, &why) == LINES_END, "the end stays the end");
	lines_in_free(&in);
	lines_out_free(&out);
	close(in_pipe[0]);
	close(out_pipe[0]);
	close(out_pipe[1]);
}

static void
test_output_fails(void)
{
	struct lines_out out;
	struct lines_in in;
	struct slice line;
	int ends[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	lines_out_init(&out, full);
	add(&out.pending, "data\n");
	ok(lines_push(&out, &why), "little is not written at once");
	ok(!lines_flush(&out, &why) && why.kind == FAILURE_IO,
	   "a full disk fails the flush");
	is(why.text, "write: No space left on device", "and says so");

	why = (struct failure){ .kind = FAILURE_DATA, .text = "earlier" };
	lines_finish(&out, &why);
	is(why.text, "earlier", "an earlier failure is kept");
	why = (struct failure){ 0 };
	lines_finish(&out, &why);
	ok(why.kind == FAILURE_IO, "without one the last flush is reported");
	lines_out_free(&out);
	close(full);

	if (pipe(ends))
		BUG("no pipe");
	close(ends[0]);
	lines_out_init(&out, ends[1]);
	for (int i = 0; i < MANY; i++)
		add(&out.pending, "data\n");
	ok(!lines_push(&out, &why) && why.kind == FAILURE_IO,
	   "a reader that exited makes a large push fail");
	is(why.text, "write: the next command in the pipe exited",
	   "and says so too");
	lines_in_init(&in, ends[1], &out);
	ok(lines_next(&in, &line, &why) == LINES_FAILED,
	   "no read begins when the flush before it fails");
	lines_in_free(&in);
	lines_out_free(&out);
	close(ends[1]);
}

/* A file that may have so many bytes takes a part, and the rest later. */
static void
test_no_doubles(void)
{
	struct rlimit was, small = { .rlim_cur = 10 };
	FILE *file = tmpfile();
	struct lines_out out;
	char seen[64] = "";

	if (!file || getrlimit(RLIMIT_FSIZE, &was))
		BUG("no file, or no limits");
	small.rlim_max = was.rlim_max;
	lines_out_init(&out, fileno(file));
	add(&out.pending, "first line\nsecond line\n");
	if (setrlimit(RLIMIT_FSIZE, &small))
		BUG("no limit can be set");
	bool flushed = lines_flush(&out, &why);
	setrlimit(RLIMIT_FSIZE, &was);
	ok(!flushed, "a disk that fills up in the middle fails the flush");
	why = (struct failure){ 0 };
	lines_finish(&out, &why);
	if (pread(fileno(file), seen, sizeof(seen) - 1, 0) < 0)
		BUG("the file cannot be read");
	ok(!why.kind, "the last flush writes what was left");
	is(seen, "first line\nsecond line\n", "and nothing is written twice");
	lines_out_free(&out);
	fclose(file);
}

/* What the other end of a pipe must read, after a while. */
static int
slow_reader(int fd)
{
	size_t len = 0, wrong = 0;
	char c;

	usleep(20000);
	while (read(fd, &c, 1) == 1)
		wrong += c != "data\n"[len++ % 5];
	return wrong || len != 5 * MANY;
}

/* Some other program left O_NONBLOCK on the pipe that we share with it. */
static void
test_nonblocking(void)
{
	struct lines_out out;
	int ends[2], status = 1;
	pid_t child;

	if (pipe(ends))
		BUG("no pipe");
	child = fork();
	if (!child) {
		close(ends[1]);
		_exit(slow_reader(ends[0]));
	}
	close(ends[0]);
	if (fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK))
		BUG("no O_NONBLOCK");
	lines_out_init(&out, ends[1]);
	for (int i = 0; i < MANY; i++)
		add(&out.pending, "data\n");
	ok(lines_flush(&out, &why),
	   "a full pipe that does not wait is waited for");
	close(ends[1]);
	waitpid(child, &status, 0);
	ok(!status, "and all of it arrives");
	lines_out_free(&out);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	test_flush_first();
	test_output_fails();
	test_no_doubles();
	test_nonblocking();
	return tap_done();
}
