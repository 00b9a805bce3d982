#include <endian.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <limits.h>
#include <zlib.h>

#include "base/gzip.h"

enum {
	GZIP_FAST = 1, /* the level that is ISA-L's */
	MEMORY = 8,
	ROOM = 64 * 1024,
	RESERVED = 0xe0, /* flags of a header that mean nothing yet */
};

bool
gzip_begins(struct slice bytes)
{
	return slice_begins(bytes, "\x1f\x8b");
}

/* One member that is being inflated. */
struct member {
	struct inflate_state inflate;
	struct isal_gzip_header header;
	bool in_header;
};

void
gzip_in_init(struct gzip_in *g)
{
	*g = (struct gzip_in){ 0 };
}

void
gzip_in_clear(struct gzip_in *g)
{
	g->inside = false;
}

void
gzip_in_free(struct gzip_in *g)
{
	free(g->state);
	gzip_in_init(g);
}

/* The libraries count in 32 bits: a longer run is taken in parts. */
static unsigned
part(size_t len)
{
	return len > INT_MAX ? INT_MAX : (unsigned)len;
}

/* The header is read by a call of its own: isal_inflate() loses its place in
 * one that comes in parts. */
static struct member *
begin_member(struct gzip_in *g)
{
	if (!g->state)
		g->state = base_realloc(NULL, sizeof(struct member));
	struct member *m = g->state;

	isal_inflate_init(&m->inflate);
	m->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;
	m->header = (struct isal_gzip_header){ 0 }; /* keeps no name */
	m->in_header = true;
	g->inside = true;
	return m;
}

/* RFC 1952: who meets a reserved flag must give up.  ISA-L does not. */
static int
read_header(struct member *m)
{
	int status = isal_read_gzip_header(&m->inflate, &m->header);

	if (status != ISAL_DECOMP_OK)
		return status;
	m->in_header = false;
	return m->header.flags & RESERVED ? ISAL_INVALID_WRAPPER : status;
}

static const char *
trouble(int status)
{
	switch (status) {
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD:
		return "no gzip header";
	case ISAL_INCORRECT_CHECKSUM:
		return "a CRC or a length is wrong";
	default:
		return "a damaged block";
	}
}

bool
gzip_inflate(struct gzip_in *g, struct slice *from, char *to, size_t room,
	     size_t *wrote, struct failure *why)
{
	*wrote = 0;
	if (!g->inside && !from->len)
		return true;
	/* ISA-L waits for ten bytes before it looks at the first */
	if (!g->inside && *from->at != '\x1f')
		return fail(why, FAILURE_DATA, "corrupt gzip: no gzip header");
	struct member *m = g->inside ? g->state : begin_member(g);
	struct inflate_state *z = &m->inflate;

	/* ISA-L only reads from next_in, but declares it writable */
	z->next_in = (uint8_t *)(uintptr_t)from->at;
	z->avail_in = part(from->len);
	z->next_out = (uint8_t *)to;
	z->avail_out = part(room);
	unsigned given = z->avail_in, space = z->avail_out;

	int status = m->in_header ? read_header(m) : ISAL_DECOMP_OK;
	if (status == ISAL_DECOMP_OK)
		status = isal_inflate(z);
	from->at += given - z->avail_in;
	from->len -= given - z->avail_in;
	*wrote = space - z->avail_out;
	if (z->block_state == ISAL_BLOCK_FINISH)
		g->inside = false;
	return status >= ISAL_DECOMP_OK ||
	       fail(why, FAILURE_DATA, "corrupt gzip: %s", trouble(status));
}

bool
gzip_in_end(struct gzip_in *g, struct failure *why)
{
	return !g->inside ||
	       fail(why, FAILURE_DATA, "the gzip data is cut off");
}

/* One member that is being deflated; its header and trailer are ours, since
 * ISA-L takes its CRC ten times as fast as zlib. */
struct packer {
	int level;
	bool begun;          /* the header is written */
	uint32_t crc, bytes; /* so far, as the trailer will say */
	z_stream zlib;       /* from level 2 on */
	struct isal_zstream isal;
	uint8_t isal_room[ISAL_DEF_LVL1_DEFAULT];
};

void
gzip_out_init(struct gzip_out *g, int level)
{
	struct packer *p = base_realloc(NULL, sizeof(*p));

	g->state = p;
	p->level = level;
	p->begun = false;
	p->zlib = (z_stream){ 0 };
	if (level > GZIP_FAST &&
	    deflateInit2(&p->zlib, level, Z_DEFLATED, -MAX_WBITS, MEMORY,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		BUG("zlib refuses to deflate");
}

void
gzip_out_free(struct gzip_out *g)
{
	struct packer *p = g->state;

	if (p && p->level > GZIP_FAST)
		deflateEnd(&p->zlib);
	free(p);
	g->state = NULL;
}

/* No time, no name; 3 is Unix. */
static bool
begin(struct packer *p, struct buf *to, struct failure *why)
{
	if (p->begun)
		return true;
	p->begun = true;
	p->crc = p->bytes = 0;
	if (p->level > GZIP_FAST && deflateReset(&p->zlib) != Z_OK)
		BUG("zlib does not begin anew");
	isal_deflate_init(&p->isal);
	p->isal.level = 1;
	p->isal.level_buf = p->isal_room;
	p->isal.level_buf_size = sizeof(p->isal_room);
	return buf_add(to, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, why);
}

/* As it is, in a block of its own (RFC 1951 section 3.2.4). */
static bool
store(struct slice from, bool last, struct buf *to, struct failure *why)
{
	/* at most GZIP_STORED */
	const uint16_t len = htole16((uint16_t)from.len);
	const uint16_t other = (uint16_t)~len;
	char head[5] = { last };

	memcpy(head + 1, &len, 2);
	memcpy(head + 3, &other, 2);
	return buf_add(to, head, sizeof(head), why) &&
	       buf_add_slice(to, from, why);
}

static bool
pack_fast(struct packer *p, struct slice from, bool last, struct buf *to,
	  struct failure *why)
{
	struct isal_zstream *z = &p->isal;

	/* ISA-L only reads from next_in, but declares it writable */
	z->next_in = (uint8_t *)(uintptr_t)from.at;
	z->avail_in = part(from.len);
	z->end_of_stream = last;
	do {
		char *room = buf_reserve(to, ROOM, why);

		if (!room)
			return false;
		z->next_out = (uint8_t *)room;
		z->avail_out = ROOM;
		if (isal_deflate(z) != COMP_OK)
			BUG("ISA-L's stream is damaged");
		buf_wrote(to, ROOM - z->avail_out);
	} while (!z->avail_out);
	return true;
}

static bool
pack_small(struct packer *p, struct slice from, bool last, struct buf *to,
	   struct failure *why)
{
	z_stream *z = &p->zlib;

	/* zlib only reads from next_in, but Debian's declares it writable */
	z->next_in = (Bytef *)(uintptr_t)from.at;
	z->avail_in = part(from.len);
	do {
		char *room = buf_reserve(to, ROOM, why);

		if (!room)
			return false;
		z->next_out = (Bytef *)room;
		z->avail_out = ROOM;
		if (deflate(z, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
			BUG("zlib's stream is damaged");
		buf_wrote(to, ROOM - z->avail_out);
	} while (!z->avail_out);
	return true;
}

static bool
pack(struct packer *p, struct slice from, bool last, struct buf *to,
     struct failure *why)
{
	if (p->level < GZIP_FAST)
		return store(from, last, to, why);
	return p->level == GZIP_FAST ? pack_fast(p, from, last, to, why)
				     : pack_small(p, from, last, to, why);
}

bool
gzip_deflate(struct gzip_out *g, struct slice from, struct buf *to,
	     struct failure *why)
{
	struct packer *p = g->state;
	size_t most = p->level < GZIP_FAST ? GZIP_STORED : INT_MAX;

	if (!begin(p, to, why))
		return false;
	while (from.len) {
		struct slice some = { from.at,
				      from.len < most ? from.len : most };

		if (!pack(p, some, false, to, why))
			return false;
		p->crc = crc32_gzip_refl(p->crc, (const uint8_t *)some.at,
					 some.len);
		p->bytes += (uint32_t)some.len; /* modulo 2^32, RFC 1952 */
		from.at += some.len;
		from.len -= some.len;
	}
	return true;
}

bool
gzip_out_end(struct gzip_out *g, struct buf *to, struct failure *why)
{
	struct packer *p = g->state;

	if (!begin(p, to, why) || !pack(p, SLICE(""), true, to, why))
		return false;
	p->begun = false;
	const uint32_t trailer[] = { htole32(p->crc), htole32(p->bytes) };
	return buf_add(to, trailer, sizeof(trailer), why);
}
