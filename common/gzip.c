#include <isa-l/igzip_lib.h>
#include <limits.h>
#include <zlib.h>

#include "gzip.h"

enum {
	GZIP_ONLY = 16, /* added to the window bits: a gzip header, no other */
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

static z_stream *
new_stream(void)
{
	z_stream *z = base_realloc(NULL, sizeof(*z));

	memset(z, 0, sizeof(*z));
	return z;
}

void
gzip_out_init(struct gzip_out *g, int level)
{
	g->state = new_stream();
	if (deflateInit2(g->state, level, Z_DEFLATED, MAX_WBITS + GZIP_ONLY,
			 MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		BUG("zlib refuses to deflate");
}

void
gzip_out_free(struct gzip_out *g)
{
	if (g->state)
		deflateEnd(g->state);
	free(g->state);
	g->state = NULL;
}

/* Run until zlib has taken all input and has nothing more to give. */
static bool
run(z_stream *z, int flush, struct buf *to, struct failure *why)
{
	int status;

	do {
		char *room = buf_reserve(to, ROOM, why);

		if (!room)
			return false;
		z->next_out = (Bytef *)room;
		z->avail_out = ROOM;
		status = deflate(z, flush);
		if (status == Z_STREAM_ERROR)
			BUG("zlib's stream is damaged");
		buf_wrote(to, ROOM - z->avail_out);
	} while (flush == Z_FINISH ? status != Z_STREAM_END : !z->avail_out);
	return true;
}

bool
gzip_deflate(struct gzip_out *g, struct slice from, struct buf *to,
	     struct failure *why)
{
	z_stream *z = g->state;

	while (from.len) {
		z->next_in = (Bytef *)(uintptr_t)from.at;
		z->avail_in = part(from.len);
		from.at += z->avail_in;
		from.len -= z->avail_in;
		if (!run(z, Z_NO_FLUSH, to, why))
			return false;
	}
	return true;
}

bool
gzip_out_end(struct gzip_out *g, struct buf *to, struct failure *why)
{
	z_stream *z = g->state;

	z->avail_in = 0;
	if (!run(z, Z_FINISH, to, why))
		return false;
	if (deflateReset(z) != Z_OK)
		BUG("zlib does not begin anew");
	return true;
}
