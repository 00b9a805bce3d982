/*
 * peak - run a command, and note what it took.
 *
 * peak FILE NAME COMMAND...: appends "NAME PEAK-KB USER-MS SYSTEM-MS WALL-MS"
 * to FILE and ends with the command's status.  Its standard streams are its
 * own.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/clock.h"

static long
ms(struct timeval t)
{
	return (long)t.tv_sec * 1000 + (long)t.tv_usec / 1000;
}

int
main(int argc, char *argv[])
{
	int64_t begun = clock_monotonic_ms();
	struct rusage used;
	int status;

	if (argc < 4)
		return 64;
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	pid_t child = fork();
	if (fd < 0 || child < 0)
		return 74;
	if (!child) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (wait4(child, &status, 0, &used) < 0)
		return 74;
	dprintf(fd, "%s %ld %ld %ld %" PRId64 "\n", argv[2], used.ru_maxrss,
		ms(used.ru_utime), ms(used.ru_stime),
		clock_monotonic_ms() - begun);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
