#include <fcntl.h>
#include <sys/stat.h>

#include "archive/sha256sums.h"
#include "tap.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int folder;

static void
write_list(const char *text)
{
	int fd = openat(folder, SHA256SUMS_NAME, O_WRONLY | O_CREAT | O_TRUNC,
			0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	close(fd);
}

static void
list_is(const char *want, const char *what)
{
	char text[1024] = "";
	int fd = openat(folder, SHA256SUMS_NAME, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		exit(1);
	if (fd >= 0)
		close(fd);
	is(text, want, what);
}

static void
found_is(const char *name, const char *want, const char *what)
{
	struct failure why = { 0 };
	char hex[DIGEST_HEX] = "?";

	if (!sha256sums_find(folder, name, hex, &why))
		is(why.text, "", what);
	is(hex, want, what);
}

static void
put(const char *name, const char *hex)
{
	struct failure why = { 0 };

	if (!sha256sums_set(folder, folder, name, hex, &why))
		is(why.text, "", "a sum is listed");
}

static void
finding(void)
{
	found_is("x", "", "where there is no list nothing is found");
	write_list(A "  x\n" B " *y\n");
	found_is("x", A, "a name is found");
	found_is("y", B, "a binary file's too");
	found_is("", "", "and not half a name");
	write_list(A "  xx\n" B "  x");
	found_is("x", "", "an incomplete line is ignored");
	write_list(A "  x\n" B "  x\n");
	found_is("x", B, "the last of two counts");
	write_list("\n  x\nx\n" A "\n" A " \n" A "  \n");
	found_is("x", "", "what is no line is passed over");
}

static void
putting(void)
{
	unlinkat(folder, SHA256SUMS_NAME, 0);
	put("x", A);
	list_is(A "  x\n", "the first name begins the list");
	put("y", B);
	list_is(A "  x\n" B "  y\n", "the next follows it");
	put("x", B);
	list_is(B "  y\n" B "  x\n", "a new sum takes the place of the old");
	write_list(A "  x\n" B "  y");
	put("z", B);
	list_is(A "  x\n" B "  z\n", "an incomplete line is dropped");
	write_list("");
	put("z", B);
	list_is(B "  z\n", "an empty list is begun");
}

static ino_t
inode(void)
{
	struct stat status;

	if (fstatat(folder, SHA256SUMS_NAME, &status, 0))
		exit(1);
	return status.st_ino;
}

/* A line has 64 + 2 + 3 + 1 = 70 bytes: the 59th crosses byte 4096. */
static void
crossing(void)
{
	char name[8];
	ino_t first;

	unlinkat(folder, SHA256SUMS_NAME, 0);
	put("100", A);
	first = inode();
	for (int i = 101; i < 158; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put(name, A);
	}
	ok(inode() == first, "a line within a page is appended");
	put("158", A);
	ok(inode() != first, "one across two pages comes with a new list");
	first = inode();
	put("159", A);
	ok(inode() == first, "and the next is appended again");
	found_is("100", A, "the first is still there");
	found_is("159", A, "and so is the last");
}

static void
test_lines(void)
{
	struct failure why = { 0 };
	struct slice text, hex, name;
	struct buf list;
	int count = 0;

	buf_init(&list, 0);
	write_list(A "  a\nno line\n" B " *b c\n" A "  cut");
	ok(sha256sums_read(folder, &list, &why), "a list is read");
	text = buf_slice(&list);
	ok(sha256sums_next(&text, &hex, &name) && slice_is(hex, A) &&
		   slice_is(name, "a"),
	   "its first line");
	ok(sha256sums_next(&text, &hex, &name) && slice_is(hex, B) &&
		   slice_is(name, "b c"),
	   "and the next; what is none is passed over");
	ok(!sha256sums_next(&text, &hex, &name),
	   "a last line without a newline does not count");
	unlinkat(folder, SHA256SUMS_NAME, 0);
	ok(sha256sums_read(folder, &list, &why), "where there is no list");
	text = buf_slice(&list);
	while (sha256sums_next(&text, &hex, &name))
		count++;
	ok(count == 0, "there are no lines");
	buf_free(&list);
}

int
main(void)
{
	char path[] = "/tmp/qb-sums-XXXXXX";
	char hex[DIGEST_HEX];
	struct failure why = { 0 };

	if (!mkdtemp(path))
		return 1;
	folder = open(path, O_RDONLY | O_DIRECTORY);
	finding();
	putting();
	crossing();
	write_list("abc");
	if (!sha256sums_of_file(folder, SHA256SUMS_NAME, hex, &why))
		return 1;
	/* FIPS 180-2, appendix B.1 */
	is(hex,
	   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	   "a file has its sum");
	ok(sha256sums_of_file(folder, "none", hex, &why) && !hex[0],
	   "one that is not there has none");
	test_lines();
	unlinkat(folder, SHA256SUMS_NAME, 0);
	close(folder);
	rmdir(path);
	return tap_done();
}
