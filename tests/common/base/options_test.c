/* A command line and its environment, read by one table. */
#include <fcntl.h>
#include <sys/wait.h>

#include "base/options.h"
#include "tap.h"

static const char *name, *secret;
static int64_t size, wait_ms;
static bool loud;

static const struct option_row rows[] = {
	{ .name = "size",
	  .env = "QB_TEST_SIZE",
	  .argument = "N",
	  .preset = "10",
	  .help = "how many",
	  .least = -5,
	  .most = 1000,
	  .integer = &size },
	{ .name = "wait",
	  .former = "patience",
	  .env = "QB_TEST_WAIT",
	  .argument = "TIME",
	  .preset = "2s",
	  .help = "how long",
	  .least = 100,
	  .most = 7200000,
	  .duration_ms = &wait_ms },
	{ .name = "loud", .former = "noisy", .help = "say more", .on = &loud },
};

static const struct option_row more_rows[] = {
	{ .name = "name",
	  .env = "QB_TEST_NAME",
	  .argument = "NAME",
	  .help = "what it is called",
	  .text = &name },
	{ .env = "QB_TEST_SECRET",
	  .help = "nobody else's business",
	  .secret = true,
	  .text = &secret },
};

static const struct option_table shared = {
	.rows = more_rows,
	.count = LENGTH(more_rows),
};

static const struct option_table table = {
	.tool = "qb-test",
	.operands = "FILE...",
	.about = "Test the options.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &shared,
};

static struct failure why;
static int used;
static int count;
static char *words[16];
static const char *secrets[64]; /* they are kept for good */
static size_t secret_count;

/* Read a command line, given as words between single spaces. */
static bool
reads(const char *line)
{
	static char copy[512];
	char *at = copy;

	snprintf(copy, sizeof(copy), "qb-test%s%s", *line ? " " : "", line);
	for (count = 0; at && count < 15;)
		words[count++] = strsep(&at, " ");
	words[count] = NULL;
	secrets[secret_count++ % LENGTH(secrets)] = secret;
	name = secret = NULL;
	size = wait_ms = 0;
	loud = false;
	why = (struct failure){ 0 };
	return options_read(count, words, &table, &used, &why);
}

static void
refused(const char *line, const char *text)
{
	bool taken = reads(line);

	ok(!taken && why.kind == FAILURE_USAGE && !strcmp(why.text, text),
	   "refused: %s", line);
	if (strcmp(why.text, text))
		printf("# got:  %s\n# want: %s\n", why.text, text);
}

static void
test_values(void)
{
	ok(reads("") && size == 10 && wait_ms == 2000 && !loud && !name &&
		   used == count,
	   "without anything the presets hold");
	ok(reads("--size=7 --wait 250ms --loud --name=x") && size == 7 &&
		   wait_ms == 250 && loud && !strcmp(name, "x"),
	   "what is given wins");
	ok(reads("--patience=250ms --noisy") && wait_ms == 250 && loud,
	   "an older name is still accepted");
	ok(reads("--size=1 --size=2") && size == 2, "the last one counts");
	ok(reads("--size=-5") && size == -5 && reads("--size 1000") &&
		   size == 1000,
	   "the ends of a range belong to it");
	ok(reads("a --size=3 b") && size == 3 && used == 2 &&
		   !strcmp(words[used], "a") && !strcmp(words[used + 1], "b"),
	   "operands may stand between options");
	ok(reads("-- --size=3") && size == 10 &&
		   !strcmp(words[used], "--size=3"),
	   "after -- all are operands");
	ok(reads("--name=") && name && !*name, "an empty text is a text");
	ok(reads("--name --name") && name && !strcmp(name, "--name"),
	   "the word after an option is its value, whatever it is");
	ok(reads("--wait=1h") && wait_ms == 3600000 && reads("--wait=120m") &&
		   wait_ms == 7200000,
	   "hours and minutes");
}

static void
test_refused(void)
{
#define SIZES "--size takes a whole number from -5 to 1000, not "
#define TIMES \
	"--wait takes a time such as 250ms, 30s, 10m or 2h, from 100ms to " \
	"2h, " \
	"not "

	refused("--size=1001", SIZES "\"1001\"");
	refused("--size=-6", SIZES "\"-6\"");
	refused("--size=", SIZES "\"\"");
	refused("--size=1.5", SIZES "\"1.5\"");
	refused("--size=1k", SIZES "\"1k\"");
	refused("--size=+1", SIZES "\"+1\"");
	refused("--size=0x10", SIZES "\"0x10\"");
	refused("--size=\t1", SIZES "\"\t1\"");
	refused("--size=99999999999999999999",
		SIZES "\"99999999999999999999\"");
	refused("--wait=99ms", TIMES "\"99ms\"");
	refused("--wait=3h", TIMES "\"3h\"");
	refused("--wait=10", TIMES "\"10\"");
	refused("--wait=s", TIMES "\"s\"");
	refused("--wait=+1s", TIMES "\"+1s\"");
	refused("--wait=1.5s", TIMES "\"1.5s\"");
	refused("--wait=-1s", TIMES "\"-1s\"");
	refused("--wait=9223372036854775807h",
		TIMES "\"9223372036854775807h\"");
	refused("--size", "option --size needs a value");
	refused("--loud=1", "option --loud takes no value");
	refused("--help=1", "option --help takes no value");
	refused("--list-options=1", "option --list-options takes no value");
	refused("--nothing", "unknown option --nothing");
	refused("a --nothing=1 b", "unknown option --nothing");
	refused("--=1", "unknown option --");
	refused("--siz=1", "unknown option --siz");
	refused("a --wai 1s", "unknown option --wai");
	refused("--lou", "unknown option --lou");
	refused("--nois", "unknown option --nois");
	refused("--hel", "unknown option --hel");
	refused("--l", "unknown option --l");
	refused("-x", "unknown option -x");
	refused("a -xy", "unknown option -x");
}

static void
test_environment(void)
{
	setenv("QB_TEST_SIZE", "20", 1);
	ok(reads("") && size == 20, "the environment wins over the preset");
	ok(reads("--size=30") && size == 30,
	   "the command line wins over the environment");
	setenv("QB_TEST_SIZE", "", 1);
	ok(reads("") && size == 10, "an empty variable counts as not set");
	setenv("QB_TEST_SIZE", "many", 1);
	refused("", "QB_TEST_SIZE takes a whole number from -5 to 1000, not "
		    "\"many\"");
	ok(reads("--size=30") && size == 30,
	   "a wrong variable does not matter where the option is given");
	unsetenv("QB_TEST_SIZE");
}

/* A file of the given bytes; `QB_TEST_SECRET_FILE` names it. */
static void
put_secret(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		BUG("no file for a secret");
	setenv("QB_TEST_SECRET_FILE", path, 1);
}

static void
refuses_secret(const char *what)
{
	ok(!reads("") && !secret && why.kind == FAILURE_USAGE &&
		   strstr(why.text, "QB_TEST_SECRET_FILE: ") &&
		   strstr(why.text, what),
	   "a file of a secret is refused: %s", what);
}

static void
test_secret(void)
{
	char folder[] = "/tmp/options_test.XXXXXX", path[64], *much;

	if (!mkdtemp(folder))
		BUG("no temporary folder");
	snprintf(path, sizeof(path), "%s/secret", folder);
	ok(reads("") && !secret, "no secret is no failure");
	put_secret(path, "s3 cret\r\n\n", 10);
	ok(reads("") && secret && !strcmp(secret, "s3 cret"),
	   "a secret comes from a file, without the newlines at its end");
	setenv("QB_TEST_SECRET", "other", 1);
	ok(reads("") && !strcmp(secret, "other"),
	   "the variable itself wins over the file");
	unsetenv("QB_TEST_SECRET");
	put_secret(path, "\n", 1);
	refuses_secret("empty");
	put_secret(path, "a\0b", 3);
	refuses_secret("contains a NUL byte");
	much = base_realloc(NULL, 16 * 1024);
	memset(much, 'x', 16 * 1024);
	put_secret(path, much, 16 * 1024);
	refuses_secret("too long");
	put_secret(path, much, 16 * 1024 - 1);
	ok(reads("") && secret && strlen(secret) == 16 * 1024 - 1,
	   "one byte less is taken whole");
	free(much);
	unlink(path);
	refuses_secret("No such file");
	setenv("QB_TEST_SECRET_FILE", folder, 1);
	refuses_secret("Is a directory");
	unsetenv("QB_TEST_SECRET_FILE");
	ok(!reads("--QB_TEST_SECRET=x"), "a secret is never an argument");
	rmdir(folder);
}

/* What is printed with `line`, and the exit status; stdout may be `path`. */
static int
printed(const char *line, const char *path, char *text, size_t room)
{
	int ends[2], status = -1;

	fflush(stdout);
	if (pipe(ends))
		BUG("no pipe");
	pid_t child = fork();
	if (!child) {
		int fd = path ? open(path, O_WRONLY) : ends[1];

		dup2(fd, STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		exit(reads(line) ? 100 : 101);
	}
	close(ends[1]);
	size_t len = 0;
	for (ssize_t n = 1; n > 0; len += (size_t)n)
		n = read(ends[0], text + len, room - 1 - len);
	text[len] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static void
test_help(void)
{
	char text[4096];

	ok(printed("--version", NULL, text, sizeof(text)) == 0,
	   "--version ends with 0");
	is(text, "qb-test " QB_VERSION "\n", "it names tool and version");
	ok(printed("--help", NULL, text, sizeof(text)) == 0,
	   "--help ends with 0");
	is(text,
	   "usage: qb-test FILE... [--size=N] [--wait=TIME] [--loud] "
	   "[--name=NAME]\n"
	   "Test the options.\n"
	   "\n"
	   "options:\n"
	   "  --size=N               how many (default 10) [QB_TEST_SIZE]\n"
	   "  --wait=TIME            how long (default 2s) [QB_TEST_WAIT]\n"
	   "  --loud                 say more\n"
	   "  --name=NAME            what it is called [QB_TEST_NAME]\n"
	   "  --help                 print this help\n"
	   "  --version              print the version\n"
	   "\n"
	   "environment:\n"
	   "  QB_TEST_SECRET         nobody else's business [or "
	   "QB_TEST_SECRET_FILE]\n",
	   "it prints every row of every table");
	ok(!strstr(text, "patience") && !strstr(text, "noisy"),
	   "but no older name");
	ok(printed("--list-options", NULL, text, sizeof(text)) == 0,
	   "--list-options ends with 0");
	is(text,
	   "size\tN\t10\tQB_TEST_SIZE\thow many\n"
	   "wait\tTIME\t2s\tQB_TEST_WAIT\thow long\n"
	   "loud\t\t\t\tsay more\n"
	   "name\tNAME\t\tQB_TEST_NAME\twhat it is called\n",
	   "it is a line for each option, for programs");
	setenv("QB_TEST_SIZE", "many", 1);
	ok(printed("--help", NULL, text, sizeof(text)) == 0 && *text,
	   "a wrong variable does not keep help away");
	unsetenv("QB_TEST_SIZE");
	ok(printed("--size=1 --help --nothing", NULL, text, sizeof(text)) == 0,
	   "--help is answered in any place");
	ok(printed("--help", "/dev/full", text, sizeof(text)) == FAILURE_IO,
	   "--help on a full disk ends with 74");
}

static void
test_operands(void)
{
	why = (struct failure){ 0 };
	ok(reads("--loud") && options_no_operands(count, words, used, &why),
	   "no operands where none are taken");
	ok(reads("--loud one two") &&
		   !options_no_operands(count, words, used, &why) &&
		   why.kind == FAILURE_USAGE,
	   "operands are refused there");
	is(why.text, "unexpected argument \"one\"", "the first is named");
}

int
main(void)
{
	unsetenv("QB_TEST_SIZE");
	unsetenv("QB_TEST_WAIT");
	unsetenv("QB_TEST_NAME");
	unsetenv("QB_TEST_SECRET");
	unsetenv("QB_TEST_SECRET_FILE");
	test_values();
	test_refused();
	test_environment();
	test_secret();
	test_help();
	test_operands();
	return tap_done();
}
