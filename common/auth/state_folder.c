#include <fcntl.h>
#include <sys/stat.h>

#include "auth/state_folder.h"
#include "base/durable_file.h"

/* A relative path is ignored, as the XDG Base Directory Specification 0.8 wants
 * it. */
bool
state_folder_path(struct buf *path, bool *found, struct failure *why)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	*found = true;
	if (state && *state == '/')
		return buf_printf(path, why, "%s/qb", state);
	if (home && *home == '/')
		return buf_printf(path, why, "%s/.local/state/qb", home);
	*found = false;
	return true;
}

static bool
check_folder(int folder, const char *path, mode_t refused, struct failure *why)
{
	struct stat st;

	if (fstat(folder, &st))
		return fail_errno(why, path);
	if (st.st_uid != geteuid()) {
		fail(why, FAILURE_IO, "%s belongs to another user", path);
		return fail_next(
			why,
			"set QBO_TOKEN_FILE to a file in a folder of your own");
	}
	if (!(st.st_mode & refused))
		return true;
	fail(why, FAILURE_IO, "%s: other users can %s it, and it holds a login",
	     path, st.st_mode & 022 ? "change" : "read");
	return fail_next(why, "chmod %s %s", refused & 055 ? "700" : "go-w",
			 path);
}

int
state_folder_open(const char *path, mode_t refused, struct failure *why)
{
	int folder = durable_file_open_folder(AT_FDCWD, path, 0700, why);

	if (folder < 0) {
		fail_in(why, "%s", path);
	} else if (!check_folder(folder, path, refused, why)) {
		close(folder);
		folder = -1;
	}
	return folder;
}
