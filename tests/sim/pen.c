#include <stdarg.h>

#include "pacific.h"
#include "pen.h"

/* Not on the stack: the compiler would zero these for every few bytes. */
static _Thread_local struct failure why;
static _Thread_local char text[4096];

void
pen_bytes(struct buf *to, const char *bytes, size_t len)
{
	if (!buf_add(to, bytes, len, &why))
		BUG("a body past its bound");
}

void
pen_text(struct buf *to, const char *from)
{
	pen_bytes(to, from, strlen(from));
}

void
pen_format(struct buf *to, const char *fmt, ...)
{
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
pen_digits(struct buf *to, int64_t number, int digits)
{
	for (int64_t unit = 10; digits > 1; digits--, unit *= 10)
		if (number < unit)
			pen_bytes(to, "0", 1);
	pen_number(to, number);
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
	char spelled[PACIFIC_SPELLED];

	pacific_spell(at_s, -1, spelled);
	pen_text(to, spelled);
}

void
pen_day(struct buf *to, int64_t day)
{
	char spelled[PACIFIC_SPELLED];

	pacific_spell_day(day, spelled);
	pen_text(to, spelled);
}

/* As the recorded faults do it: \n, where json_quote() has \u000a. */
void
pen_string(struct buf *to, struct slice from)
{
	pen_bytes(to, "\"", 1);
	for (size_t i = 0; i < from.len; i++) {
		char c = from.at[i];

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
pen_xml(struct buf *to, const char *from)
{
	for (; *from; from++)
		if (*from == '<')
			pen_text(to, "&lt;");
		else if (*from == '>')
			pen_text(to, "&gt;");
		else if (*from == '&')
			pen_text(to, "&amp;");
		else
			pen_bytes(to, from, 1);
}
