#include <stdarg.h>

#include "pacific.h"
#include "pen.h"

void
pen_bytes(struct buf *to, const char *bytes, size_t len)
{
	struct failure why;

	if (!buf_add(to, bytes, len, &why))
		BUG("a body past its bound");
}

void
pen_text(struct buf *to, const char *text)
{
	pen_bytes(to, text, strlen(text));
}

void
pen_format(struct buf *to, const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		BUG("a longer text than pen_format() takes");
	pen_bytes(to, text, (size_t)len);
}

void
pen_number(struct buf *to, int64_t number)
{
	char digits[24], *at = digits + sizeof(digits);
	bool minus = number < 0;
	uint64_t left = minus ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (minus)
		*--at = '-';
	pen_bytes(to, at, (size_t)(digits + sizeof(digits) - at));
}

void
pen_money(struct buf *to, int64_t cents)
{
	char point[3] = { '.', (char)('0' + cents / 10 % 10),
			  (char)('0' + cents % 10) };

	pen_number(to, cents / 100);
	if (cents)
		pen_bytes(to, point, sizeof(point));
}

void
pen_minimal(struct buf *to, int64_t hundredths)
{
	char point[3] = { '.', (char)('0' + hundredths / 10 % 10),
			  (char)('0' + hundredths % 10) };

	pen_number(to, hundredths / 100);
	if (hundredths % 10)
		pen_bytes(to, point, 3);
	else if (hundredths % 100)
		pen_bytes(to, point, 2);
}

void
pen_time(struct buf *to, int64_t at_s)
{
	char text[PACIFIC_SPELLED];

	pacific_spell(at_s, -1, text);
	pen_text(to, text);
}

void
pen_day(struct buf *to, int64_t day)
{
	char text[PACIFIC_SPELLED];

	pacific_spell_day(day, text);
	pen_text(to, text);
}

/* As the recorded faults do it: \n, where json_quote() has \u000a. */
void
pen_string(struct buf *to, struct slice text)
{
	pen_bytes(to, "\"", 1);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '"' || c == '\\')
			pen_format(to, "\\%c", c);
		else if (c == '\n')
			pen_text(to, "\\n");
		else if ((unsigned char)c < 0x20)
			pen_format(to, "\\u%04x", c);
		else
			pen_bytes(to, &c, 1);
	}
	pen_bytes(to, "\"", 1);
}

void
pen_xml(struct buf *to, const char *text)
{
	for (; *text; text++)
		if (*text == '<')
			pen_text(to, "&lt;");
		else if (*text == '>')
			pen_text(to, "&gt;");
		else if (*text == '&')
			pen_text(to, "&amp;");
		else
			pen_bytes(to, text, 1);
}
