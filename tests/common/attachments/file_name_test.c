/* covers: file_name */
#include "attachments/file_name.h"
#include "tap.h"

static const struct {
	const char *given, *name;
} names[] = {
	{ "receipt.pdf", "7-receipt.pdf" },
	{ "../../etc/passwd", "7-.._.._etc_passwd" },
	{ "/etc/passwd", "7-_etc_passwd" },
	{ "C:\\Windows\\x.exe", "7-C_Windows_x.exe" },
	{ "CON", "7-CON" },
	{ "-rf *", "7--rf _" },
	{ "a\nb\tc\x7f.pdf", "7-a_b_c_.pdf" },
	{ "\x1b[31mred\x1b[0m", "7-_[31mred_[0m" },
	{ "$(rm -rf ~)`x`;'\"&|<>?!%", "7-_(rm -rf _)_x_" },
	{ "R\xc3\xa9sum\xc3\xa9 \xe2\x80\x94 \xf0\x9f\x93\x8e.pdf",
	  "7-R\xc3\xa9sum\xc3\xa9 \xe2\x80\x94 \xf0\x9f\x93\x8e.pdf" },
	{ "invoice\xe2\x80\xae"
	  "fdp.exe",
	  "7-invoice_fdp.exe" },
	{ "zero\xe2\x80\x8bwidth", "7-zero_width" },
	{ "c1\xc2\x9b.pdf", "7-c1_.pdf" },
	{ "\xff\xfe.pdf", "7-_.pdf" },
	{ "half \xed\xa0\xbd pair", "7-half _ pair" },
	{ "over\xc0\xaflong", "7-over_long" },
	{ "cut \xe2\x80", "7-cut _" },
	{ "ends with dots...", "7-ends with dots" },
	{ "...", "7-file" },
	{ " ", "7-file" },
	{ "", "7-file" },
};

static const struct {
	const char *name;
	bool is;
	const char *id;
	int version;
} listed[] = {
	{ "7-a.pdf", true, "7", 1 },
	{ "7.2-a.pdf", true, "7", 2 },
	{ "7.9999-a", true, "7", 9999 },
	{ "5000000000000503624-", true, "5000000000000503624", 1 },
	{ "7-", true, "7", 1 },
	{ "a.pdf", false, "", 0 },
	{ "7", false, "", 0 },
	{ "7.-a", false, "", 0 },
	{ "7.0-a", false, "", 0 },
	{ "7.x-a", false, "", 0 },
	{ "-a", false, "", 0 },
	{ "7.2", false, "", 0 },
	{ "99999999999999999999999999-a", false, "", 0 },
};

static void
test_made(void)
{
	char name[FILE_NAME], long_name[400];

	for (size_t i = 0; i < LENGTH(names); i++) {
		file_name_make(SLICE("7"), 1, slice_of(names[i].given), name);
		is(name, names[i].name, names[i].name);
	}
	file_name_make(SLICE("7"), 1, SLICE("nul\0.pdf"), name);
	is(name, "7-nul_.pdf", "a NUL");
	file_name_make(SLICE("7"), 12, SLICE("a.pdf"), name);
	is(name, "7.12-a.pdf", "another version");
	memset(long_name, 'x', sizeof(long_name));
	memcpy(long_name + sizeof(long_name) - 5, ".jpeg", 5);
	file_name_make(SLICE("5000000000000503624"), 2,
		       (struct slice){ long_name, sizeof(long_name) }, name);
	ok(strlen(name) == FILE_NAME - 1 &&
		   !strcmp(name + FILE_NAME - 9, "xxx.jpeg"),
	   "a long name keeps its extension");
	for (size_t i = 0; i + 2 < sizeof(long_name); i += 3)
		memcpy(long_name + i, "\xe2\x82\xac", 3);
	file_name_make(SLICE("12"), 1, (struct slice){ long_name, 399 }, name);
	ok(strlen(name) == 3 + 46 * 3 && strlen(name) < FILE_NAME,
	   "and whole characters");
}

static void
test_read(void)
{
	struct slice id;
	int version;

	for (size_t i = 0; i < LENGTH(listed); i++)
		ok(file_name_read(slice_of(listed[i].name), &id, &version) ==
				   listed[i].is &&
			   (!listed[i].is || (slice_is(id, listed[i].id) &&
					      version == listed[i].version)),
		   "%s is %s", listed[i].name, listed[i].is ? "one" : "none");
	ok(file_name_is_id(SLICE("5000000000000503624")) &&
		   !file_name_is_id(SLICE("")) &&
		   !file_name_is_id(SLICE("1/2")) &&
		   !file_name_is_id(SLICE("1234567890123456789012345")),
	   "an Id is a number");
}

int
main(void)
{
	test_made();
	test_read();
	return tap_done();
}
