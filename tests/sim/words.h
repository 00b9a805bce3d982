/*
 * words.h - what the simulated company's customers, goods and notes are
 * called, in many scripts.
 */
#ifndef WORDS_H
#define WORDS_H

#include "base/slice.h"

struct words {
	const char *const *at;
	int64_t count;
};

/* These two are in the order of their bytes, so that a name made of the
 * n-th word and a rising number rises too. */
extern const struct words words_companies;
extern const struct words words_goods;

extern const struct words words_given;
extern const struct words words_family;
extern const struct words words_streets;
extern const struct words words_notes;

#endif
