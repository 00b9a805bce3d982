#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/subprocess.h"

enum { ROOM = 4096 };

/* -1: that end is closed. */
struct child {
	pid_t pid;
	int in, out; /* our ends of its standard input and output */
	int64_t deadline_ms;
};

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* In the child: as git runs its credential helpers, `command` is for the shell,
 * and the word is appended as an argument. */
_Noreturn static void
exec_shell(const char *command, const char *word, int in, int out)
{
	char line[4096];
	int len = snprintf(line, sizeof(line), "%s%s", command,
			   word ? " \"$@\"" : "");

	if (len < 0 || (size_t)len >= sizeof(line) ||
	    (in >= 0 && dup2(in, STDIN_FILENO) < 0) ||
	    dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	secret_clear_environment();
	execl("/bin/sh", "sh", "-c", line, "sh", word, (char *)NULL);
	_exit(127);
}

static int
open_dev_null(struct failure *why)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fail_errno(why, "/dev/null");
	return fd;
}

static bool
start(struct child *c, const char *command, const char *word, bool has_output,
      struct failure *why)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	bool done = false;

	if (pipe2(in, O_CLOEXEC) || (has_output && pipe2(out, O_CLOEXEC))) {
		fail_errno(why, "pipe");
		goto out;
	}
	if (!has_output)
		out[1] = open_dev_null(why);
	if (out[1] < 0)
		goto out;
	c->pid = fork();
	if (c->pid == 0)
		exec_shell(command, word, in[0], out[1]);
	if (c->pid < 0) {
		fail_errno(why, "fork");
		goto out;
	}
	done = true;
	c->in = in[1];
	c->out = out[0];
	in[1] = out[0] = -1;
	fcntl(c->in, F_SETFL, O_NONBLOCK);
out:
	close_end(&out[1]);
	close_end(&out[0]);
	close_end(&in[1]);
	close_end(&in[0]);
	return done;
}

/* The child may exit without having read all of it. */
static void
write_input(struct child *c, struct slice *input)
{
	ssize_t n = write(c->in, input->at, input->len);

	if (n > 0) {
		input->at += n;
		input->len -= (size_t)n;
	}
	if (!input->len || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&c->in);
}

static bool
read_output(struct child *c, struct buf *output, struct failure *why)
{
	char *room = buf_reserve(output, ROOM, why);

	if (!room)
		return fail_in(why, "its output is too long");
	ssize_t n = read(c->out, room, ROOM);
	if (n > 0)
		buf_wrote(output, (size_t)n);
	else if (n == 0 || errno != EINTR)
		close_end(&c->out);
	return true;
}

static bool
exchange(struct child *c, struct slice input, struct buf *output,
	 struct failure *why)
{
	if (!input.len)
		close_end(&c->in);
	while (c->in >= 0 || c->out >= 0) {
		struct pollfd both[] = { { .fd = c->in, .events = POLLOUT },
					 { .fd = c->out, .events = POLLIN } };
		int64_t left_ms = c->deadline_ms - clock_monotonic_ms();

		if (left_ms <= 0)
			return fail(why, FAILURE_IO, "no answer in time");
		/* at most the caller's limit, which fits an int */
		if (poll(both, LENGTH(both), (int)left_ms) < 0 &&
		    errno != EINTR)
			return fail_errno(why, "poll");
		if (both[0].revents)
			write_input(c, &input);
		if (both[1].revents && !read_output(c, output, why))
			return false;
	}
	return true;
}

/* waitpid(2) has no time limit: poll. */
static bool
wait_for(struct child *c, struct failure *why)
{
	const struct timespec step = { .tv_nsec = 5000000 };
	int status;

	for (;;) {
		pid_t ended = waitpid(c->pid, &status, WNOHANG);

		if (ended == c->pid)
			break;
		if (ended < 0 && errno != EINTR)
			return fail_errno(why, "waitpid");
		if (clock_monotonic_ms() >= c->deadline_ms)
			return fail(why, FAILURE_IO,
				    "it does not exit in time");
		nanosleep(&step, NULL);
	}
	c->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (WIFEXITED(status))
		return fail(why, FAILURE_IO, "it exited with status %d",
			    WEXITSTATUS(status));
	return fail(why, FAILURE_IO, "it was killed by signal %d",
		    WTERMSIG(status));
}

bool
subprocess_run(const char *command, const char *word, struct slice input,
	       struct buf *output, int64_t most_ms, struct failure *why)
{
	struct child c = { .in = -1,
			   .out = -1,
			   .deadline_ms = clock_monotonic_ms() + most_ms };
	bool done = start(&c, command, word, output != NULL, why) &&
		    exchange(&c, input, output, why) && wait_for(&c, why);

	close_end(&c.in);
	close_end(&c.out);
	if (c.pid > 0) {
		kill(c.pid, SIGKILL);
		while (waitpid(c.pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return done;
}

/* Forks twice, so that init reaps the process. */
bool
subprocess_start(const char *command, const char *word, struct failure *why)
{
	int dev_null = open_dev_null(why);
	pid_t between = dev_null < 0 ? -1 : fork();

	if (between == 0) {
		if (fork() == 0)
			exec_shell(command, word, dev_null, dev_null);
		_exit(0);
	}
	if (dev_null >= 0)
		close(dev_null);
	if (between < 0)
		return dev_null < 0 ? false : fail_errno(why, "fork");
	while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
		;
	return true;
}
