#include "load/gone_rows.h"
#include "base/digest.h"
#include "postgres/copy_binary.h"
#include "stream/gone.h"

enum {
	/* of some hundred lines; there are as many buffers as batches */
	LINES_IN_MEMORY = 16 * 1024,
	/* as of a row's id (load/row.c); quoted, each byte may take six */
	LONGEST_ID = 64 * 1024,
	MOST_SCRATCH_BYTES = 1024 * 1024,
};

void
gone_rows_init(struct gone_rows *g)
{
	*g = (struct gone_rows){ .latest_us = INT64_MIN };
	spool_init(&g->lines, LINES_IN_MEMORY);
	buf_init(&g->id_text, LONGEST_ID);
	buf_init(&g->scratch, MOST_SCRATCH_BYTES);
}

void
gone_rows_free(struct gone_rows *g)
{
	spool_free(&g->lines);
	buf_free(&g->id_text);
	buf_free(&g->scratch);
}

void
gone_rows_clear(struct gone_rows *g)
{
	spool_clear(&g->lines);
	g->latest_us = INT64_MIN;
	if (g->scratch.room > LINES_IN_MEMORY)
		buf_free(&g->scratch);
}

/* Of the payload that sql/load/gone.sql gives to a row that it makes. */
static bool
fingerprint_of(struct gone_rows *g, struct slice id, int64_t *fingerprint,
	       struct failure *why)
{
	buf_clear(&g->scratch);
	if (!buf_printf(&g->scratch, why, "{\"Id\":") ||
	    !json_quote(id, &g->scratch, why) ||
	    !buf_add(&g->scratch, "}", 1, why))
		return false;
	*fingerprint = digest_fingerprint(buf_slice(&g->scratch));
	return true;
}

/* In the order of enum gone_field. */
static bool
write_record(struct buf *to, const struct gone *gone,
	     const struct load_row *stamp, int64_t fingerprint,
	     struct failure *why)
{
	return copy_binary_row(to, GONE_FIELDS, why) &&
	       copy_binary_text(to, gone->id, why) &&
	       copy_binary_time(to, gone->at_us, why) &&
	       copy_binary_time(to, gone->deleted_us, why) &&
	       copy_binary_time(to, stamp->ingested_us, why) &&
	       copy_binary_text(to, stamp->run, why) &&
	       copy_binary_int8(to, fingerprint, why);
}

bool
gone_rows_add(struct gone_rows *g, const struct envelope *line,
	      const struct load_row *stamp, struct failure *why)
{
	struct gone gone;
	int64_t fingerprint;

	buf_clear(&g->id_text);
	if (!gone_parse(&gone, line->value[MEMBER_GONE], &g->id_text, why) ||
	    !fingerprint_of(g, gone.id, &fingerprint, why))
		return false;
	if (g->latest_us < gone.at_us)
		g->latest_us = gone.at_us;
	return spool_begin(&g->lines, why) &&
	       write_record(&g->lines.held, &gone, stamp, fingerprint, why) &&
	       spool_end(&g->lines, why);
}
