#include "quickbooks/id_set.h"
#include "base/digest.h"

/* 16 bytes, since there is one and more for each row of a scan. */
struct id_set_slot {
	uint32_t hash;
	uint32_t at; /* in `text` */
	uint32_t len;
	uint8_t pass; /* 0: the slot is empty */
};

enum { FIRST_ROOM = 64 };

void
id_set_init(struct id_set *s)
{
	*s = (struct id_set){ 0 };
}

void
id_set_clear(struct id_set *s)
{
	if (s->slots)
		memset(s->slots, 0, s->room * sizeof(*s->slots));
	s->count = 0;
	s->text_len = 0;
}

void
id_set_free(struct id_set *s)
{
	free(s->slots);
	free(s->text);
	id_set_init(s);
}

/* The slot that holds `id`, or the empty one where it belongs. */
static struct id_set_slot *
find(const struct id_set *s, struct slice id, uint32_t hash)
{
	for (size_t i = hash & (s->room - 1);; i = (i + 1) & (s->room - 1)) {
		struct id_set_slot *slot = &s->slots[i];

		if (!slot->pass || (slot->hash == hash && slot->len == id.len &&
				    !memcmp(s->text + slot->at, id.at, id.len)))
			return slot;
	}
}

static void
grow(struct id_set *s)
{
	struct id_set old = *s;

	s->room = old.room ? 2 * old.room : FIRST_ROOM;
	s->slots = base_realloc(NULL, s->room * sizeof(*s->slots));
	memset(s->slots, 0, s->room * sizeof(*s->slots));
	for (size_t i = 0; i < old.room; i++) {
		const struct id_set_slot *from = &old.slots[i];
		struct slice id = { s->text + from->at, from->len };

		if (from->pass)
			*find(s, id, from->hash) = *from;
	}
	free(old.slots);
}

static uint32_t
keep_text(struct id_set *s, struct slice id)
{
	size_t at = s->text_len;

	if (id.len > UINT32_MAX - at)
		BUG("4 GB of ids in one scan");
	if (s->text_len + id.len > s->text_room) {
		s->text_room = 2 * (s->text_room + id.len);
		s->text = base_realloc(s->text, s->text_room);
	}
	memcpy(s->text + at, id.at, id.len);
	s->text_len += id.len;
	return (uint32_t)at;
}

enum id_set_seen
id_set_mark(struct id_set *s, struct slice id, int pass)
{
	if (4 * s->count >= 3 * s->room)
		grow(s);
	/* any 32 of its 64 bits are as good */
	uint32_t hash = (uint32_t)digest_fingerprint(id);
	struct id_set_slot *slot = find(s, id, hash);
	int before = slot->pass;

	if (before == pass)
		return ID_SET_REPEATED;
	slot->pass = (uint8_t)pass; /* a scan has a few passes */
	if (before)
		return ID_SET_EARLIER;
	slot->hash = hash;
	slot->at = keep_text(s, id);
	slot->len = (uint32_t)id.len; /* an Id is part of one line */
	s->count++;
	return ID_SET_NEW;
}

int
id_set_pass(const struct id_set *s, struct slice id)
{
	if (!s->count)
		return 0;
	return find(s, id, (uint32_t)digest_fingerprint(id))->pass;
}
