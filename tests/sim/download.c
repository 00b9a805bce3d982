#include "download.h"
#include "base/clock.h"
#include "pen.h"
#include "refusal.h"

#define FILES "/files/"

/* As JSON strings. */
static const char *const bad_names[] = {
	"../../etc/passwd",
	"/etc/cron.d/qb",
	"a\\/b\\\\c:d.pdf",
	"NUL",
	"\\u001b[31mred.pdf",
	"line\\nbreak\\t.pdf",
	"invoice\\u202efdp.exe",
	".qb-1-00000000.tmp",
	"SHA256SUMS",
	"-rf",
	"\\ud83d\\udcce Z\\u00fcrich \\u2014 r\\u00e9sum\\u00e9.pdf",
	"... ",
};

enum trouble {
	WHOLE,
	EXPIRED,
	MISSING,
	HTML,
	SHORT,
	LONG,
	CUT,
	RESET,
	BUSY,
	REDIRECT,
	ELSEWHERE,
	SLOW,
	TROUBLES
};

static const char *const troubles[TROUBLES] = {
	"whole", "expired", "missing", "html",     "short",     "long",
	"cut",   "reset",   "busy",    "redirect", "elsewhere", "slow"
};

/* Under s->lock. */
static struct {
	enum trouble what;
	int64_t id, times; /* id 0: of any; times -1: always */
} current;

static bool
is_note(int64_t i)
{
	return i % 10 == 9;
}

static uint64_t
content_key(const struct world_row *row)
{
	return chance_mix(row->of->key ^ (uint64_t)row->i * 1000 ^
			  (uint64_t)row->edits);
}

/* Every other edit leaves the length as it was. */
static int64_t
content_length(const struct world_row *row)
{
	uint64_t key = chance_mix(row->of->key ^ (uint64_t)row->i);

	return 1000 + (int64_t)(key % 60000) + row->edits / 2;
}

static void
write_content(struct buf *to, const struct world_row *row)
{
	struct chance chance = { content_key(row) };
	int64_t left = content_length(row);
	const char head[] = "%PDF-1.4\n";

	pen_text(to, head);
	for (left -= (int64_t)sizeof(head) - 1; left > 0; left -= 8) {
		uint64_t bits = chance_next(&chance);

		pen_bytes(to, (const char *)&bits,
			  left < 8 ? (size_t)left : sizeof(bits));
	}
}

static uint64_t
signature(const struct world *w, int64_t id, int64_t expires, int64_t nonce)
{
	return chance_mix(w->seed ^ chance_mix((uint64_t)id) ^
			  chance_mix((uint64_t)expires) ^ (uint64_t)nonce);
}

static void
write_link(struct buf *to, const struct world *w, int64_t id)
{
	int64_t nonce = clock_now_us();
	int64_t expires = nonce / CLOCK_SECOND + w->link_life_s;

	pen_format(to,
		   "%s" FILES "%" PRId64 "?Expires=%" PRId64 "&Nonce=%" PRId64
		   "&Signature=%016" PRIx64,
		   w->files_url, id, expires, nonce,
		   signature(w, id, expires, nonce));
}

void
download_write(struct buf *to, const struct world *w,
	       const struct world_row *row)
{
	int64_t id = world_id(row->of, row->i);

	if (is_note(row->i)) {
		pen_text(to, "\"Note\":\"Paid by check.\"");
		return;
	}
	pen_text(to, "\"FileName\":\"");
	if (row->i % 7 == 3)
		pen_text(to, bad_names[row->i / 7 % (int)LENGTH(bad_names)]);
	else
		pen_format(to, "receipt %" PRId64 ".pdf", row->i % 3);
	pen_format(to,
		   "\",\"FileAccessUri\":\"/v3/company/%s/download/%" PRId64
		   "\",\"TempDownloadUri\":\"",
		   w->realm, id);
	write_link(to, w, id);
	pen_format(to,
		   "\",\"Size\":%" PRId64
		   ",\"ContentType\":\"application/pdf\"",
		   content_length(row));
}

/* False: there is no such attachment, or it is a note. */
static bool
find_row(struct sim *s, struct slice id, struct world_row *row)
{
	const struct world_entity *e = world_of(&s->world, "Attachable");
	const struct overlay_row *edit;
	int64_t i;

	if (!s->world.files_url || !world_find_id(e, id, &i) || is_note(i))
		return false;
	pthread_mutex_lock(&s->lock);
	edit = overlay_find(&s->overlay, e, i);
	bool found = !edit || !edit->deleted;
	*row = overlay_now(edit, e, i);
	pthread_mutex_unlock(&s->lock);
	return found;
}

void
download_answer_link(struct sim *s, const struct request *r, struct answer *a,
		     struct slice id)
{
	struct world_row row;
	struct refusal why;

	if (!find_row(s, id, &row)) {
		refuse_missing(&why);
		a->status = why.status;
		refusal_write(&a->body, &why, r->json);
		return;
	}
	a->type = "text/plain";
	write_link(&a->body, &s->world, world_id(row.of, row.i));
	a->rows = 1;
}

/* --- the storage ---------------------------------------------------------- */

/* As Amazon S3 refuses; of an expired link the words are its own, too. */
static void
refuse(struct answer *a, int status, const char *code, const char *message)
{
	buf_clear(&a->body);
	a->status = status;
	a->type = "application/xml";
	pen_format(&a->body,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s"
		   "</Code><Message>%s</Message><RequestId>4442587FB7D0A2F9"
		   "</RequestId></Error>",
		   code, message);
}

static int64_t
number_of(const struct request *r, const char *name, int base)
{
	const char *text = request_argument(r, name);

	return text ? (int64_t)strtoull(text, NULL, base) : 0;
}

static bool
is_signed(const struct world *w, const struct request *r, struct slice id)
{
	int64_t expires = number_of(r, "Expires", 10);
	uint64_t given = (uint64_t)number_of(r, "Signature", 16);

	return given == signature(w, strtoll(id.at, NULL, 10), expires,
				  number_of(r, "Nonce", 10)) &&
	       expires > clock_now_us() / CLOCK_SECOND;
}

static enum trouble
take_trouble(struct sim *s, int64_t id)
{
	enum trouble what = WHOLE;

	pthread_mutex_lock(&s->lock);
	if (current.times && (!current.id || current.id == id)) {
		what = current.what;
		current.times -= current.times > 0;
	}
	pthread_mutex_unlock(&s->lock);
	return what;
}

static void
redirect(struct answer *a, const struct world *w, int64_t id, bool elsewhere)
{
	struct buf link;

	buf_init(&link, sizeof(a->location));
	write_link(&link, w, id);
	a->status = 302;
	snprintf(a->location, sizeof(a->location), "%s%s",
		 elsewhere ? "ftp" : "", link.at + (elsewhere ? 4 : 0));
	buf_free(&link);
	buf_clear(&a->body);
}

static void
make_trouble(struct sim *s, struct answer *a, enum trouble what, int64_t id)
{
	switch (what) {
	case EXPIRED:
		refuse(a, 403, "AccessDenied", "Request has expired");
		break;
	case MISSING:
		refuse(a, 404, "NoSuchKey",
		       "The specified key does not exist.");
		break;
	case HTML:
		buf_clear(&a->body);
		a->type = "text/html";
		pen_text(&a->body, "<!DOCTYPE html>\n<html><head><title>Sign "
				   "in</title></head><body></body></html>\n");
		break;
	case SHORT:
		a->body.len -= 7;
		break;
	case LONG:
		pen_text(&a->body, "surplus");
		break;
	case CUT:
		a->verdict.damage = SCRIPT_CUT_BODY;
		break;
	case RESET:
		a->verdict.damage = SCRIPT_RESET_IN_BODY;
		break;
	case BUSY:
		refuse(a, 503, "SlowDown", "Please reduce your request rate.");
		break;
	case REDIRECT:
	case ELSEWHERE:
		redirect(a, &s->world, id, what == ELSEWHERE);
		break;
	case SLOW:
		a->verdict.stall_ms = 3000;
		break;
	default:
		break;
	}
}

void
download_answer_file(struct sim *s, const struct request *r, struct answer *a)
{
	struct slice id = slice_of(r->path + strlen(FILES));
	struct world_row row;

	a->kind = "file";
	a->type = "application/pdf";
	snprintf(a->entity, sizeof(a->entity), "%.20s", id.at);
	if (*r->authorization)
		refuse(a, 400, "InvalidArgument",
		       "Only one auth mechanism allowed");
	else if (!is_signed(&s->world, r, id))
		refuse(a, 403, "AccessDenied", "Request has expired");
	else if (!find_row(s, id, &row))
		refuse(a, 404, "NoSuchKey",
		       "The specified key does not exist.");
	else {
		int64_t number = world_id(row.of, row.i);

		write_content(&a->body, &row);
		make_trouble(s, a, take_trouble(s, number), number);
	}
}

void
download_control(struct sim *s, const struct request *r, struct answer *a)
{
	const char *word = request_argument(r, "do");
	const char *times = request_argument(r, "times");
	size_t what = 0;

	a->kind = "control";
	a->type = "application/json";
	while (what < TROUBLES && (!word || strcmp(word, troubles[what])))
		what++;
	if (what == TROUBLES) {
		a->status = 400;
		pen_text(&a->body, "{\"error\":\"no such trouble\"}\n");
		return;
	}
	pthread_mutex_lock(&s->lock);
	current.what = (enum trouble)what;
	current.id = number_of(r, "id", 10);
	current.times = times ? strtoll(times, NULL, 10) : -1;
	pthread_mutex_unlock(&s->lock);
	pen_text(&a->body, "{}\n");
}
