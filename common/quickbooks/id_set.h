/* quickbooks/id_set.h - the Ids of a scan, and in which pass each came. */
#ifndef QUICKBOOKS_ID_SET_H
#define QUICKBOOKS_ID_SET_H

#include "base/slice.h"

struct id_set_slot;

struct id_set {
	struct id_set_slot *slots; /* open addressing, a power of two */
	size_t room, count;
	char *text; /* all Ids, one after the other */
	size_t text_len, text_room;
};

enum id_set_seen {
	ID_SET_NEW,      /* never seen before */
	ID_SET_EARLIER,  /* seen in an earlier pass, not yet in this one */
	ID_SET_REPEATED, /* already seen in this pass */
};

void id_set_init(struct id_set *s);
void id_set_clear(struct id_set *s); /* empty it, keep the memory */
void id_set_free(struct id_set *s);

/* Mark `id` as seen in `pass`, 1 to 255; returns what it was before. */
enum id_set_seen id_set_mark(struct id_set *s, struct slice id, int pass);

/* The pass in which `id` was marked last; 0: never. */
int id_set_pass(const struct id_set *s, struct slice id);

#endif
