#include <fcntl.h>

#include "auth/token_input.h"

enum { ROOM = 512 };

static bool
open_token(const char *file, int *fd, struct failure *why)
{
	*fd = STDIN_FILENO;
	if (!file)
		return true;
	*fd = open(file, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		return true;
	fail(why, FAILURE_USAGE, "adopt: cannot open the file: %s",
	     strerror(errno));
	return fail_next(why, "qb-auth adopt FILE, or qb-auth adopt <FILE; "
			      "never give the token itself as an argument");
}

static bool
read_token(int fd, struct buf *text, struct failure *why)
{
	char *room;
	ssize_t n;

	do {
		room = buf_reserve(text, ROOM, why);
		n = room ? read(fd, room, ROOM) : -1;
		if (n > 0)
			buf_wrote(text, (size_t)n);
	} while (n > 0);
	if (!room)
		return false;
	if (n < 0)
		return fail_errno(why, "the refresh token");
	while (text->len && strchr(" \t\r\n", text->at[text->len - 1]))
		buf_truncate(text, text->len - 1);
	return true;
}

bool
token_input_read(const char *file, struct buf *text, struct failure *why)
{
	int fd;

	if (!open_token(file, &fd, why))
		return false;
	if (fd == STDIN_FILENO && isatty(fd))
		fprintf(stderr, "Paste the refresh token, then press Enter and "
				"Ctrl-D:\n");
	bool done = read_token(fd, text, why);
	if (fd != STDIN_FILENO)
		close(fd);
	return done;
}
