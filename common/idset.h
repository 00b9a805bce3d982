/* idset.h - the ids that a window has had, and in which pass. */
#ifndef IDSET_H
#define IDSET_H

#include "slice.h"

struct idset_slot;

struct idset {
	struct idset_slot *slots; /* open addressing, a power of two */
	size_t room, count;
	char *text; /* every id once, one after the other */
	size_t text_len, text_room;
};

enum idset_was {
	IDSET_NEW,     /* never seen before */
	IDSET_EARLIER, /* seen in an earlier pass, not yet in this one */
	IDSET_TWICE,   /* already seen in this pass */
};

void idset_init(struct idset *s);
void idset_clear(struct idset *s); /* empty it, keep the memory */
void idset_free(struct idset *s);

/* Note `id` as seen in `pass`, 1 to 255, and say what it was before. */
enum idset_was idset_mark(struct idset *s, struct slice id, int pass);

#endif
