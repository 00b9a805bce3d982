/*
 * auth/foreign_text.h - text from outside, as a message may show it: an error
 * of Intuit's consent page, a setting, the name of a company.
 */
#ifndef AUTH_FOREIGN_TEXT_H
#define AUTH_FOREIGN_TEXT_H

#include "base/slice.h"

/*
 * One line of UTF-8 with control characters spelled out: "\n", "\x1b"; so are
 * characters that reverse the direction of text, and bytes that are not UTF-8.
 * What does not fit into `room` bytes is cut with "...".
 */
void foreign_text_spell(struct slice text, char *to, size_t room);

/* The same, and "[left out]" in place of words that may be a secret: those that
 * begin as Intuit's tokens do, of 40 characters and more, or of 20 with letters
 * and digits. */
void foreign_text_show(struct slice text, char *to, size_t room);

#endif
