#include "auth/foreign_text.h"

enum {
	TOKEN_LENGTH = 40, /* as in http/api_fault.c */
	MIXED_LENGTH = 20,
	LEAST_ROOM = 16,
};

/* The length of the UTF-8 character at `s`, or 0: it is none. */
static size_t
character(struct slice s, unsigned *code)
{
	const unsigned char *at = (const unsigned char *)s.at;
	size_t len = *at < 0x80         ? 1
		     : *at >> 5 == 0x06 ? 2
		     : *at >> 4 == 0x0e ? 3
		     : *at >> 3 == 0x1e ? 4
					: 0;
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (!len || len > s.len)
		return 0;
	*code = len == 1 ? *at : *at & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if (at[i] >> 6 != 2)
			return 0;
		*code = *code << 6 | (at[i] & 0x3fU);
	}
	return *code < least[len] || *code > 0x10ffff ||
			       (*code >= 0xd800 && *code <= 0xdfff)
		       ? 0
		       : len;
}

/* Control characters of ASCII and of Latin-1, line ends, and marks that change
 * the direction of what follows. */
static bool
is_hidden(unsigned code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
	       code == 0xfeff || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x2069);
}

/* The next character of `s`, as it is shown; its own length. */
static size_t
spell_one(struct slice s, char shown[LEAST_ROOM])
{
	unsigned code = 0;
	size_t len = character(s, &code);

	if (len && !is_hidden(code)) {
		memcpy(shown, s.at, len);
		shown[len] = '\0';
	} else if (len && (code == '\n' || code == '\r' || code == '\t')) {
		snprintf(shown, LEAST_ROOM, "\\%c",
			 code == '\n'   ? 'n'
			 : code == '\r' ? 'r'
					: 't');
	} else if (len > 1) {
		snprintf(shown, LEAST_ROOM, "\\u%04x", code);
	} else {
		snprintf(shown, LEAST_ROOM, "\\x%02x", (unsigned char)*s.at);
		len = 1;
	}
	return len;
}

/* How many bytes at the beginning may be one token. */
static size_t
word_length(struct slice s)
{
	size_t len = 0;

	while (len < s.len &&
	       ((s.at[len] >= '0' && s.at[len] <= '9') ||
		((s.at[len] | 32) >= 'a' && (s.at[len] | 32) <= 'z') ||
		(s.at[len] && strchr("-_.~+", s.at[len]))))
		len++;
	return len;
}

static bool
may_be_secret(struct slice word)
{
	static const char *const begins[] = { "AB11", "XAB1", "L011",
					      "Q011", "RT1-", "eyJ" };
	bool digit = false, letter = false;

	for (size_t i = 0; i < LENGTH(begins); i++)
		if (word.len > 4 && slice_begins(word, begins[i]))
			return true;
	for (size_t i = 0; i < word.len; i++) {
		digit |= word.at[i] >= '0' && word.at[i] <= '9';
		letter |= (word.at[i] | 32) >= 'a' && (word.at[i] | 32) <= 'z';
	}
	return word.len >= TOKEN_LENGTH ||
	       (word.len >= MIXED_LENGTH && digit && letter);
}

static void
show(struct slice s, bool secrets, char *to, size_t room)
{
	static const char cut[] = "...";
	size_t used = 0, word = 0; /* what is left of a word that is shown */

	if (room < LEAST_ROOM)
		BUG("no room for a text");
	to[0] = '\0';
	while (s.len) {
		char shown[LEAST_ROOM];
		size_t step = spell_one(s, shown);

		if (!secrets && !word) {
			word = word_length(s);
			if (word &&
			    may_be_secret((struct slice){ s.at, word })) {
				snprintf(shown, sizeof(shown), "[left out]");
				step = word;
			}
		}
		if (used + strlen(shown) + sizeof(cut) > room) {
			memcpy(to + used, cut, sizeof(cut));
			return;
		}
		used += (size_t)snprintf(to + used, room - used, "%s", shown);
		word -= step < word ? step : word;
		s.at += step;
		s.len -= step;
	}
}

void
foreign_text_spell(struct slice text, char *to, size_t room)
{
	show(text, true, to, room);
}

void
foreign_text_show(struct slice text, char *to, size_t room)
{
	show(text, false, to, room);
}
