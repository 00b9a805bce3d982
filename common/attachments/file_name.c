#include "attachments/file_name.h"

enum { LONGEST_ID = 24, LONGEST_EXTENSION = 16, LONGEST_GIVEN = 4096 };

bool
file_name_is_id(struct slice id)
{
	if (!id.len || id.len > LONGEST_ID)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (id.at[i] < '0' || id.at[i] > '9')
			return false;
	return true;
}

/* The length of the UTF-8 sequence at `at`, and its character; 0: none. */
static size_t
decode(struct slice text, uint32_t *character)
{
	const unsigned char *at = (const unsigned char *)text.at;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *at < 0x80 ? 1 : *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : 2;

	if (len > text.len || *at > 0xF4 || (*at >= 0x80 && *at < 0xC2))
		return 0;
	*character = len == 1 ? *at : *at & (0xFFU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		*character = *character << 6 | (at[i] & 0x3FU);
	}
	return *character >= least[len] && *character <= 0x10FFFF &&
			       (*character < 0xD800 || *character > 0xDFFF)
		       ? len
		       : 0;
}

static bool
is_safe(uint32_t c)
{
	if (c < 0x80)
		return c >= 0x20 && c < 0x7F &&
		       !strchr("/\\:*?\"<>|'`$;&!~%", (int)c);
	return c >= 0xA0 && c != 0xAD &&
	       /* no width, line separators, direction of writing */
	       !(c >= 0x200B && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) &&
	       !(c >= 0x2060 && c <= 0x206F) && c != 0x61C && c != 0xFEFF &&
	       !(c >= 0xFFF0 && c <= 0xFFFF) && c < 0xE0000;
}

/* At most as long as `given`. */
static size_t
make_safe(struct slice given, char *to)
{
	size_t used = 0;
	uint32_t character;

	while (given.len) {
		size_t len = decode(given, &character);

		if (len && is_safe(character)) {
			memcpy(to + used, given.at, len);
			used += len;
		} else if (!used || to[used - 1] != '_') {
			to[used++] = '_';
		}
		given.at += len ? len : 1;
		given.len -= len ? len : 1;
	}
	/* Windows drops them */
	while (used && (to[used - 1] == '.' || to[used - 1] == ' '))
		used--;
	return used;
}

/* Not in the middle of a character. */
static size_t
cut(const char *text, size_t most)
{
	while (most && ((unsigned char)text[most] & 0xC0) == 0x80)
		most--;
	return most;
}

static size_t
extension_length(const char *text, size_t len)
{
	for (size_t i = 1; i < len && i <= LONGEST_EXTENSION; i++)
		if (text[len - i] == '.')
			return i;
	return 0;
}

void
file_name_make(struct slice id, int version, struct slice given,
	       char name[FILE_NAME])
{
	char safe[LONGEST_GIVEN + 1], number[16] = "";

	if (given.len > LONGEST_GIVEN) /* its end is the extension */
		given = (struct slice){ given.at + given.len - LONGEST_GIVEN,
					LONGEST_GIVEN };
	size_t len = make_safe(given, safe);
	safe[len] = '\0';
	if (version > 1)
		snprintf(number, sizeof(number), ".%d", version);
	int used =
		snprintf(name, FILE_NAME, "%.*s%s-", SLICE_SHOWN(id), number);
	size_t room = FILE_NAME - 1 - (size_t)used, end = 0;
	if (len > room) {
		end = extension_length(safe, len);
		memmove(safe + cut(safe, room - end), safe + len - end,
			end + 1);
	}
	snprintf(name + used, FILE_NAME - (size_t)used, "%s",
		 len ? safe : "file");
}

bool
file_name_read(struct slice name, struct slice *id, int *version)
{
	size_t i = 0;
	int number = 1;

	while (i < name.len && name.at[i] >= '0' && name.at[i] <= '9')
		i++;
	*id = (struct slice){ name.at, i };
	if (!file_name_is_id(*id) || i == name.len)
		return false;
	if (name.at[i] == '.') {
		for (number = 0, i++;
		     i < name.len && name.at[i] >= '0' && name.at[i] <= '9' &&
		     number < FILE_NAME_MOST_VERSIONS;
		     i++)
			number = 10 * number + (name.at[i] - '0');
	}
	*version = number;
	return i < name.len && name.at[i] == '-' && number > 0;
}
