#include <limits.h>
#include <zlib.h>

#include "gzip.h"

enum {
	GZIP_ONLY = 16, /* added to the window bits: a gzip header, no other */
	MEMORY = 8,
	ROOM = 64 * 1024,
};

bool
gzip_begins(struct slice bytes)
{
	return slice_begins(bytes, "\x1f\x8b");
}

void
gzip_in_init(struct gzip_in *g)
{
	*g = (struct gzip_in){ 0 };
}

void
gzip_in_free(struct gzip_in *g)
{
	if (g->state)
		inflateEnd(g->state);
	free(g->state);
	gzip_in_init(g);
}

static z_stream *
new_stream(void)
{
	z_stream *z = base_realloc(NULL, sizeof(*z));

	memset(z, 0, sizeof(*z));
	return z;
}

/* zlib counts in unsigned int: a longer run is taken in parts. */
static unsigned
part(size_t len)
{
	return len > INT_MAX ? INT_MAX : (unsigned)len;
}

static bool
begin_member(struct gzip_in *g, struct failure *why)
{
	int status;

	if (!g->state) {
		g->state = new_stream();
		status = inflateInit2(g->state, MAX_WBITS + GZIP_ONLY);
	} else {
		status = inflateReset(g->state);
	}
	g->inside = true;
	return status == Z_OK ||
	       fail(why, FAILURE_IO, "zlib does not start: %d", status);
}

bool
gzip_inflate(struct gzip_in *g, struct slice *from, char *to, size_t room,
	     size_t *wrote, struct failure *why)
{
	*wrote = 0;
	if (!g->inside && !from->len)
		return true;
	if (!g->inside && !begin_member(g, why))
		return false;

	z_stream *z = g->state;
	/* zlib only reads from next_in, but Debian's declares it writable */
	z->next_in = (Bytef *)(uintptr_t)from->at;
	z->avail_in = part(from->len);
	z->next_out = (Bytef *)to;
	z->avail_out = part(room);
	unsigned given = z->avail_in, space = z->avail_out;

	int status = inflate(z, Z_NO_FLUSH);
	from->at += given - z->avail_in;
	from->len -= given - z->avail_in;
	*wrote = space - z->avail_out;
	if (status == Z_STREAM_END) {
		g->inside = false;
		return true;
	}
	if (status == Z_OK || status == Z_BUF_ERROR)
		return true;
	return fail(why, FAILURE_DATA, "corrupt gzip: %s",
		    z->msg ? z->msg : "unknown trouble");
}

bool
gzip_in_end(struct gzip_in *g, struct failure *why)
{
	return !g->inside || fail(why, FAILURE_DATA, "the gzip data is cut off");
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
