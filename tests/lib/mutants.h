/* mutants.h - a text, damaged in every way that one accident can damage it. */
#ifndef MUTANTS_H
#define MUTANTS_H

#include "base/buf.h"

enum { MOST_LINES = 32 };

/* Called with each mutant, which lives until it returns. */
struct mutants {
	void (*take)(void *with, struct slice mutant);
	void *with;
	struct buf text;
	size_t count;
};

static inline void
mutants_init(struct mutants *m, void (*take)(void *, struct slice), void *with)
{
	*m = (struct mutants){ .take = take, .with = with };
	buf_init(&m->text, 16 * 1024 * 1024);
}

static inline void
mutants_free(struct mutants *m)
{
	buf_free(&m->text);
}

static inline void
mutants_begin(struct mutants *m, struct slice bytes)
{
	struct failure full;

	buf_clear(&m->text);
	if (!buf_add_slice(&m->text, bytes, &full))
		BUG(full.text);
}

static inline void
mutants_append(struct mutants *m, struct slice bytes)
{
	struct failure full;

	if (!buf_add_slice(&m->text, bytes, &full))
		BUG(full.text);
}

static inline void
mutants_try(struct mutants *m)
{
	m->count++;
	m->take(m->with, buf_slice(&m->text));
}

static inline void
mutants_truncate(struct mutants *m, struct slice text)
{
	for (size_t len = 0; len < text.len; len++) {
		mutants_begin(m, (struct slice){ text.at, len });
		mutants_try(m);
	}
}

static inline void
mutants_flip(struct mutants *m, struct slice text)
{
	for (size_t bit = 0; bit < text.len * 8; bit++) {
		mutants_begin(m, text);
		m->text.at[bit / 8] ^= (char)(1 << bit % 8);
		mutants_try(m);
	}
}

/* One byte less, and one twice. */
static inline void
mutants_slip(struct mutants *m, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct slice rest = { text.at + i, text.len - i };

		mutants_begin(m, (struct slice){ text.at, i });
		mutants_append(m, (struct slice){ rest.at + 1, rest.len - 1 });
		mutants_try(m);
		mutants_begin(m, (struct slice){ text.at, i + 1 });
		mutants_append(m, rest);
		mutants_try(m);
	}
}

/* The lines of a text, with their newlines. */
static inline size_t
mutants_lines(struct slice text, struct slice lines[MOST_LINES])
{
	size_t count = 0;

	while (text.len && count < MOST_LINES) {
		const char *newline = memchr(text.at, '\n', text.len);
		size_t len = (size_t)(newline - text.at) + 1;

		lines[count++] = (struct slice){ text.at, len };
		text.at += len;
		text.len -= len;
	}
	if (text.len)
		BUG("more lines than MOST_LINES");
	return count;
}

/* All lines, but the i-th is the j-th, and the other way round. */
static inline void
mutants_swap(struct mutants *m, const struct slice *lines, size_t count,
	     size_t i, size_t j)
{
	mutants_begin(m, (struct slice){ 0 });
	for (size_t k = 0; k < count; k++)
		mutants_append(m, lines[k == i ? j : k == j ? i : k]);
	mutants_try(m);
}

/* The i-th line so often; and, moved, once more after the j-th. */
static inline void
mutants_repeat(struct mutants *m, const struct slice *lines, size_t count,
	       size_t i, int times, size_t j)
{
	mutants_begin(m, (struct slice){ 0 });
	for (size_t k = 0; k < count; k++) {
		for (int n = k == i ? times : 1; n > 0; n--)
			mutants_append(m, lines[k]);
		if (k == j)
			mutants_append(m, lines[i]);
	}
	mutants_try(m);
}

/* The i-th line goes on as the j-th, from the byte `at` of both. */
static inline void
mutants_splice(struct mutants *m, const struct slice *lines, size_t count,
	       size_t i, size_t j)
{
	for (size_t at = 1; at < lines[i].len && at < lines[j].len; at++) {
		struct slice tail = { lines[j].at + at, lines[j].len - at };

		mutants_begin(m, (struct slice){ 0 });
		for (size_t k = 0; k < count; k++)
			if (k == i) {
				mutants_append(
					m, (struct slice){ lines[i].at, at });
				mutants_append(m, tail);
			} else {
				mutants_append(m, lines[k]);
			}
		mutants_try(m);
	}
}

/* Every line dropped, doubled, put elsewhere, swapped and spliced. */
static inline void
mutants_of_lines(struct mutants *m, struct slice text)
{
	struct slice lines[MOST_LINES];
	size_t count = mutants_lines(text, lines);

	for (size_t i = 0; i < count; i++) {
		mutants_repeat(m, lines, count, i, 0, count);
		mutants_repeat(m, lines, count, i, 2, count);
		for (size_t j = 0; j < count; j++) {
			if (i == j)
				continue;
			mutants_repeat(m, lines, count, i, 0, j);
			mutants_repeat(m, lines, count, i, 1, j);
			mutants_splice(m, lines, count, i, j);
			if (i < j)
				mutants_swap(m, lines, count, i, j);
		}
	}
}

#endif
