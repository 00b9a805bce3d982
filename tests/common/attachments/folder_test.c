/* covers: folder */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "attachments/folder.h"
#include "base/clock.h"
#include "tap.h"

enum { T = 1000000 }; /* some time, in seconds */

static char path[] = "/tmp/qb-folder-XXXXXX";
static struct failure why;

static void
open_it(struct folder *f)
{
	folder_init(f);
	if (!folder_open(f, path, &why))
		BUG(why.text);
}

/* Keep a text as the file of an attachment; the name, with "+" if it is new. */
static const char *
keep(struct folder *f, const char *id, const char *name, int64_t at_s,
     const char *text)
{
	static char said[FILE_NAME + 2];
	struct folder_found found;
	struct durable_file file;
	struct digest sum;

	digest_init(&sum);
	digest_add(&sum, slice_of(text));
	if (!durable_file_create(&file, f->fd, 0600, &why) ||
	    !durable_file_write(&file, slice_of(text), &why) ||
	    !folder_keep(f, slice_of(id), slice_of(name), at_s * CLOCK_SECOND,
			 &file, &sum, (int64_t)strlen(text), &found, &why))
		BUG(why.text);
	digest_free(&sum);
	snprintf(said, sizeof(said), "%s%s", found.name,
		 found.is_new ? "+" : "");
	return said;
}

static const char *
has(struct folder *f, const char *id, int64_t size, int64_t at_s)
{
	static struct folder_found found;
	bool is;

	if (!folder_has(f, slice_of(id), size, at_s * CLOCK_SECOND, &is, &found,
			&why))
		BUG(why.text);
	return is ? found.name : "";
}

static void
write_file(struct folder *f, const char *name, const char *text)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static void
test_new(struct folder *f)
{
	struct folder other;

	open_it(f);
	is(has(f, "7", 3, T), "", "an empty folder has nothing");
	is(keep(f, "7", "a.pdf", T, "abc"), "7-a.pdf+", "a file is kept");
	is(has(f, "7", 3, T), "7-a.pdf", "and there");
	is(has(f, "7", -1, T - 1), "7-a.pdf", "whatever the size, or older");
	is(has(f, "7", 4, T), "", "not with another size");
	is(has(f, "7", 3, T + 1), "", "nor for a later change");
	is(has(f, "77", 3, T), "", "nor for another attachment");
	folder_init(&other);
	ok(!folder_open(&other, path, &why) && why.kind == FAILURE_LATER,
	   "another process cannot write there");
	why = (struct failure){ 0 };
	folder_close(&other);
	folder_close(f);
	open_it(f);
	is(has(f, "7", 3, T), "7-a.pdf", "it is there the next time");
}

static void
test_again(struct folder *f)
{
	is(keep(f, "7", "b.pdf", T + 5, "abc"), "7-a.pdf",
	   "the same content is the same file, whatever its name");
	is(has(f, "7", 3, T + 5), "7-a.pdf", "which is as new as that");
	is(keep(f, "7", "a.pdf", T + 9, "abd"), "7.2-a.pdf+",
	   "another content is another file");
	is(has(f, "7", 3, T + 9), "7.2-a.pdf", "which is the new one");
	ok(!faccessat(f->fd, "7-a.pdf", R_OK, 0), "and the old one stays");
	is(keep(f, "7", "a.pdf", T + 12, "abc"), "7-a.pdf",
	   "content that comes back has its file");
	is(has(f, "7", 3, T + 12), "7-a.pdf", "which is the new one now");
	is(keep(f, "77", "a.pdf", T, "abc"), "77-a.pdf+",
	   "attachments do not share files");
	is(keep(f, "8", "", T, ""), "8-file+", "an empty file is one");
	is(has(f, "8", 0, T), "8-file", "too");
}

static void
test_damage(struct folder *f)
{
	write_file(f, "7-a.pdf", "abx");
	is(has(f, "7", 3, T + 12), "", "a file that was changed is none");
	is(keep(f, "7", "a.pdf", T + 12, "abc"), "7.3-a.pdf+",
	   "the content goes beside it");
	ok(f->damaged == 1, "and it is told");
	unlinkat(f->fd, "77-a.pdf", 0);
	is(has(f, "77", 3, T), "", "a file that was removed is none");
	is(keep(f, "77", "c.pdf", T, "abc"), "77-a.pdf+",
	   "and comes again as it was listed");
	write_file(f, "9-a.pdf", "abc");
	is(has(f, "9", 3, T), "", "a file that is not listed is none");
	is(keep(f, "9", "a.pdf", T, "abc"), "9-a.pdf+",
	   "unless its content is the same");
	write_file(f, "10-a.pdf", "somebody's");
	is(keep(f, "10", "a.pdf", T, "abc"), "10.2-a.pdf+",
	   "or it is not ours, and stays");
	if (symlinkat("/etc/hostname", f->fd, "11-a.pdf"))
		abort();
	is(keep(f, "11", "a.pdf", T, "abc"), "11.2-a.pdf+",
	   "a symbolic link is not followed");
}

int
main(void)
{
	struct folder f;
	char command[64];

	if (!mkdtemp(path))
		return 1;
	test_new(&f);
	test_again(&f);
	test_damage(&f);
	folder_close(&f);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command) || tap_done();
}
