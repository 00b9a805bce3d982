/* rawserver.h - tests/lib/rawserver.py for tests in C. */
#ifndef RAWSERVER_H
#define RAWSERVER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct rawserver {
	pid_t pid;
	int port;
	char log[512]; /* the file in which requests are written down */
};

/* Serve `script` until rawserver_stop(); `folder` is for the log. */
static inline void
rawserver_start(struct rawserver *s, const char *folder, const char *script)
{
	int in[2], out[2];
	static int count;

	snprintf(s->log, sizeof(s->log), "%s/requests.%d", folder, count++);
	fclose(fopen(s->log, "w"));
	fflush(stdout);
	if (pipe(in) || pipe(out))
		abort();
	s->pid = fork();
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execlp("python3", "python3", "tests/lib/rawserver.py", s->log,
		       (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	if (write(in[1], script, strlen(script)) < 0)
		abort();
	close(in[1]);

	char text[16] = "";
	FILE *said = fdopen(out[0], "r");
	s->port = said && fgets(text, sizeof(text), said)
			  ? (int)strtol(text, NULL, 10)
			  : 0;
	if (said)
		fclose(said);
	if (!s->port) {
		printf("Bail out! tests/lib/rawserver.py does not start\n");
		exit(1);
	}
}

static inline void
rawserver_stop(struct rawserver *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

/* How often `word` stands in what was asked. */
static inline int
rawserver_asked(const struct rawserver *s, const char *word)
{
	static char text[1 << 20];
	FILE *log = fopen(s->log, "r");
	size_t len = log ? fread(text, 1, sizeof(text) - 1, log) : 0;
	int count = 0;

	if (log)
		fclose(log);
	text[len] = '\0';
	for (char *at = strstr(text, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

/* A folder of the test's own, removed by rawserver_clean(). */
static inline char *
rawserver_folder(void)
{
	static char folder[] = "/tmp/qb-test.XXXXXX";

	alarm(120); /* a test that hangs ends */
	if (!mkdtemp(folder))
		abort();
	return folder;
}

static inline void
rawserver_clean(const char *folder)
{
	char command[600];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		printf("# %s stays\n", folder);
}

#endif
