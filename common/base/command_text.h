/*
 * base/command_text.h - parts of the commands that messages name, as a shell
 * reads them back.
 */
#ifndef BASE_COMMAND_TEXT_H
#define BASE_COMMAND_TEXT_H

#include "base/buf.h"

/* Append " --option=value", the value in quotes unless it needs none. */
bool command_text_option(const char *option, const char *value, struct buf *to,
			 struct failure *why) MUST_CHECK;

/* " --schema=NAME", unless that is the default. */
bool command_text_schema(const char *schema, struct buf *to,
			 struct failure *why) MUST_CHECK;

/* --from and --to take whole seconds: the one at or before `at_us`, or `up`: at
 * or after it. */
int64_t command_text_second(int64_t at_us, bool up);

#endif
