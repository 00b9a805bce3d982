#include <endian.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <limits.h>
#include <zlib.h>

#include "base/gzip.h"

enum {
	GZIP_FAST = 1, /* the level of ISA-L */
	ZLIB_MEMORY_LEVEL = 8,
	OUTPUT_STEP = 64 * 1024,
	RESERVED_FLAGS = 0xe0, /* of a header, RFC 1952 section 2.3.1.2 */
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

/* The libraries count in 32 bits: longer input is passed in parts. */
static unsigned
at_most_int(size_t len)
{
	return len > INT_MAX ? INT_MAX : (unsigned)len;
}

/* The header is read by a separate call: isal_inflate() cannot resume within a
 * header that comes in parts. */
static struct member *
begin_member(struct gzip_in *g)
{
	if (!g->state)
		g->state = base_realloc(NULL, sizeof(struct member));
	struct member *m = g->state;

	isal_inflate_init(&m->inflate);
	m->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;
	m->header = (struct isal_gzip_header){ 0 }; /* do not store the name */
	m->in_header = true;
	g->inside = true;
	return m;
}

/* RFC 1952: a reader must reject reserved flags.  ISA-L does not. */
static int
read_header(struct member *m)
{
	int status = isal_read_gzip_header(&m->inflate, &m->header);

	if (status != ISAL_DECOMP_OK)
		return status;
	m->in_header = false;
	return m->header.flags & RESERVED_FLAGS ? ISAL_INVALID_WRAPPER : status;
}

static const char *
error_text(int status)
{
	switch (status) {
	case ISAL_INVALID_WRAPPER:
	case ISAL_UNSUPPORTED_METHOD:
		return "no gzip header";
	case ISAL_INCORRECT_CHECKSUM:
		return "CRC or length mismatch";
	default:
		return "invalid block";
	}
}

bool
gzip_inflate(struct gzip_in *g, struct slice *from, char *to, size_t room,
	     size_t *wrote, struct failure *why)
{
	*wrote = 0;
	if (!g->inside && !from->len)
		return true;
	/* ISA-L wants ten bytes before it checks the first */
	if (!g->inside && *from->at != '\x1f')
		return fail(why, FAILURE_DATA, "corrupt gzip: no gzip header");
	struct member *m = g->inside ? g->state : begin_member(g);
	struct inflate_state *z = &m->inflate;

	/* ISA-L only reads from next_in, but declares it writable */
	z->next_in = (uint8_t *)(uintptr_t)from->at;
	z->avail_in = at_most_int(from->len);
	z->next_out = (uint8_t *)to;
	z->avail_out = at_most_int(room);
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
	       fail(why, FAILURE_DATA, "corrupt gzip: %s", error_text(status));
}

bool
gzip_in_end(struct gzip_in *g, struct failure *why)
{
	return !g->inside || fail(why, FAILURE_DATA, "truncated gzip data");
}

/* One member that is being deflated; header and trailer are written here, since
 * ISA-L computes the CRC ten times as fast as zlib. */
struct deflater {
	int level;
	bool begun;          /* the header is written */
	uint32_t crc, bytes; /* so far, for the trailer */
	z_stream zlib;       /* from level 2 on */
	struct isal_zstream isal;
	uint8_t isal_room[ISAL_DEF_LVL1_DEFAULT];
};

void
gzip_out_init(struct gzip_out *g, int level)
{
	struct deflater *d = base_realloc(NULL, sizeof(*d));

	g->state = d;
	d->level = level;
	d->begun = false;
	d->zlib = (z_stream){ 0 };
	if (level > GZIP_FAST &&
	    deflateInit2(&d->zlib, level, Z_DEFLATED, -MAX_WBITS,
			 ZLIB_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		BUG("deflateInit2() failed");
}

void
gzip_out_free(struct gzip_out *g)
{
	struct deflater *d = g->state;

	if (d && d->level > GZIP_FAST)
		deflateEnd(&d->zlib);
	free(d);
	g->state = NULL;
}

/* A header without time and name; 3 is Unix. */
static bool
begin(struct deflater *d, struct buf *to, struct failure *why)
{
	if (d->begun)
		return true;
	d->begun = true;
	d->crc = d->bytes = 0;
	if (d->level > GZIP_FAST && deflateReset(&d->zlib) != Z_OK)
		BUG("deflateReset() failed");
	isal_deflate_init(&d->isal);
	d->isal.level = 1;
	d->isal.level_buf = d->isal_room;
	d->isal.level_buf_size = sizeof(d->isal_room);
	return buf_add(to, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, why);
}

/* Uncompressed, in one stored block (RFC 1951 section 3.2.4). */
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
deflate_isal(struct deflater *d, struct slice from, bool last, struct buf *to,
	     struct failure *why)
{
	struct isal_zstream *z = &d->isal;

	/* ISA-L only reads from next_in, but declares it writable */
	z->next_in = (uint8_t *)(uintptr_t)from.at;
	z->avail_in = at_most_int(from.len);
	z->end_of_stream = last;
	do {
		char *room = buf_reserve(to, OUTPUT_STEP, why);

		if (!room)
			return false;
		z->next_out = (uint8_t *)room;
		z->avail_out = OUTPUT_STEP;
		if (isal_deflate(z) != COMP_OK)
			BUG("isal_deflate() failed");
		buf_wrote(to, OUTPUT_STEP - z->avail_out);
	} while (!z->avail_out);
	return true;
}

static bool
deflate_zlib(struct deflater *d, struct slice from, bool last, struct buf *to,
	     struct failure *why)
{
	z_stream *z = &d->zlib;

	/* zlib only reads from next_in, but Debian's declares it writable */
	z->next_in = (Bytef *)(uintptr_t)from.at;
	z->avail_in = at_most_int(from.len);
	do {
		char *room = buf_reserve(to, OUTPUT_STEP, why);

		if (!room)
			return false;
		z->next_out = (Bytef *)room;
		z->avail_out = OUTPUT_STEP;
		if (deflate(z, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
			BUG("deflate() failed");
		buf_wrote(to, OUTPUT_STEP - z->avail_out);
	} while (!z->avail_out);
	return true;
}

static bool
deflate_part(struct deflater *d, struct slice from, bool last, struct buf *to,
	     struct failure *why)
{
	if (d->level < GZIP_FAST)
		return store(from, last, to, why);
	return d->level == GZIP_FAST ? deflate_isal(d, from, last, to, why)
				     : deflate_zlib(d, from, last, to, why);
}

bool
gzip_deflate(struct gzip_out *g, struct slice from, struct buf *to,
	     struct failure *why)
{
	struct deflater *d = g->state;
	size_t most = d->level < GZIP_FAST ? GZIP_STORED : INT_MAX;

	if (!begin(d, to, why))
		return false;
	while (from.len) {
		struct slice some = { from.at,
				      from.len < most ? from.len : most };

		if (!deflate_part(d, some, false, to, why))
			return false;
		d->crc = crc32_gzip_refl(d->crc, (const uint8_t *)some.at,
					 some.len);
		d->bytes += (uint32_t)some.len; /* modulo 2^32, RFC 1952 */
		from.at += some.len;
		from.len -= some.len;
	}
	return true;
}

bool
gzip_out_end(struct gzip_out *g, struct buf *to, struct failure *why)
{
	struct deflater *d = g->state;

	if (!begin(d, to, why) || !deflate_part(d, SLICE(""), true, to, why))
		return false;
	d->begun = false;
	const uint32_t trailer[] = { htole32(d->crc), htole32(d->bytes) };
	return buf_add(to, trailer, sizeof(trailer), why);
}
