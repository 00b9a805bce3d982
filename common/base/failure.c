#include <stdarg.h>

#include "base/failure.h"

bool
fail(struct failure *why, enum failure_kind kind, const char *fmt, ...)
{
	va_list args;

	why->kind = kind;
	why->next[0] = '\0';
	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return false;
}

bool
fail_in(struct failure *why, const char *fmt, ...)
{
	char inner[sizeof(why->text)];
	va_list args;

	memcpy(inner, why->text, sizeof(inner));
	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);

	size_t used = strlen(why->text);
	snprintf(why->text + used, sizeof(why->text) - used, ": %s", inner);
	return false;
}

bool
fail_next(struct failure *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->next, sizeof(why->next), fmt, args);
	va_end(args);
	return false;
}

bool
fail_errno(struct failure *why, const char *what)
{
	return fail(why, FAILURE_IO, "%s: %s", what, strerror(errno));
}
