/*
 * covers: stream loader; a stream of three windows, damaged in every way, as
 * it was fetched and as it was archived, plain and gzip: whatever is loaded is
 * true, and nothing passes for whole that is not.
 *
 * Each mutant goes through the stream's reader.  What of it was sealed goes on
 * into a real table; where the same bytes went there before, that is known.
 */
#include "load/loader.h"
#include "mutants.h"
#include "postgres/connect.h"
#include "private_server.h"
#include "streams.h"
#include "tap.h"

enum { MOST_KNOWN = 4096 };

/* What readers let through so far, and whether it was the truth. */
struct known {
	int64_t fingerprint;
	bool true_rows;  /* all that is in table and ledger is so */
	int64_t windows; /* how many different ones are in the ledger */
};

struct trial {
	struct loader loader;
	struct run_stamp run;
	struct id_order ids;
	struct batch batch;
	struct known known[MOST_KNOWN];
	size_t known_count;
	struct buf passed; /* the lines of sealed windows, and no more */
	const char *schema;
	size_t parts; /* ends that passed */

	size_t sealed, whole, short_parts, untrue, untruly_whole;
	size_t mutants; /* of all kinds */
};

/* The sealed windows of a mutant, as bytes; and did it pass for whole? */
static enum stream_got
read_sealed(struct trial *t, struct slice bytes, struct loader *loader)
{
	struct buf open;
	struct stream s;
	enum stream_got got;
	int fd = memfd_create("stream", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len ||
	    lseek(fd, 0, SEEK_SET))
		BUG("no file in memory");
	why = (struct failure){ 0 };
	buf_clear(&t->passed);
	buf_init(&open, MOST);
	t->parts = 0;
	stream_init(&s, fd, NULL);
	while ((got = stream_next(&s, &why)) > STREAM_DONE) {
		must(envelope_copy(&s.now, &open, &why));
		t->parts += got == STREAM_END;
		if (loader && got == STREAM_ROW &&
		    !batch_add(&t->batch, &s, &t->run, &why))
			break;
		if (got != STREAM_SEAL)
			continue;
		if (loader && (!batch_seal(&t->batch, &s, &t->run, &why) ||
			       !loader_load(loader, &t->batch, &why)))
			break;
		must(buf_add_slice(&t->passed, buf_slice(&open), &why));
		buf_clear(&open);
	}
	stream_free(&s);
	buf_free(&open);
	close(fd);
	return got;
}

static int64_t
ask(struct trial *t, const char *sql)
{
	struct pg_result answer;

	must(pg_run(&t->loader.pg, sql, NULL, 0, &answer, &why));
	int64_t number = pg_integer(&answer, 0, 0);
	pg_result_free(&answer);
	return number;
}

/* Without what each load has of its own: its number, its moment, the rows
 * before it. */
#define LEDGER(schema) \
	"(select entity, realm_id, by, range_start_utc, range_end_utc, " \
	"run_id, fetched_at_utc, count_before, count_after, pages, rows, " \
	"stale, rejected, rows_left, seal_sha256, archive_file from " schema \
	".qb_windows)"
#define LIES(table) \
	"(select count(*) from (select * from mutant." table \
	" except select * from truth." table ") l)"
/* Windows of which the table has other rows than the ledger says. */
#define TORN(entity, table) \
	"(select count(*) from mutant.qb_windows w where entity = '" entity \
	"' and rows <> (select count(*) from mutant." table \
	" r where r.extract_window_start_utc = w.range_start_utc and " \
	"r.extract_window_end_utc = w.range_end_utc))"

static bool
table_is_true(struct trial *t)
{
	return !ask(t,
		    "select " LIES("customers") " + " LIES(
			    "invoices") " + "
					"(select count(*) from (" LEDGER(
						"mutant") " except"
							  " " LEDGER(
								  "tr"
								  "ut"
								  "h") ") "
								       "l)") &&
	       !ask(t, "select (select count(*) from mutant.qb_realm where "
		       "realm_id <> '46') + " TORN(
			       "Customer", "customers") " + " TORN("Invoice",
								   "invoices"));
}

static void
empty_table(struct trial *t)
{
	must(pg_run(&t->loader.pg,
		    "truncate mutant.customers, mutant.invoices, "
		    "mutant.qb_windows, mutant.qb_realm",
		    NULL, 0, NULL, &why));
}

/* Load it, and look. */
static struct known
try_table(struct trial *t, struct slice mutant)
{
	struct known k = { .fingerprint =
				   digest_fingerprint(buf_slice(&t->passed)) };

	empty_table(t);
	t->loader.schema = "mutant";
	(void)!read_sealed(t, mutant, &t->loader);
	/* a mutant of another entity may make a table of its own */
	k.true_rows =
		table_is_true(t) &&
		!ask(t, "select count(*) from pg_tables where schemaname = "
			"'mutant' and tablename not in ('customers', "
			"'invoices', 'qb_windows', 'qb_realm')");
	k.windows = ask(t, "select count(*) from (select distinct entity, "
			   "range_start_utc from mutant.qb_windows) w");
	return k;
}

static const struct known *
look_up(struct trial *t, struct slice mutant)
{
	int64_t print = digest_fingerprint(buf_slice(&t->passed));

	for (size_t i = 0; i < t->known_count; i++)
		if (t->known[i].fingerprint == print)
			return &t->known[i];
	if (t->known_count == MOST_KNOWN)
		BUG("more mutants pass than MOST_KNOWN");
	t->known[t->known_count] = try_table(t, mutant);
	return &t->known[t->known_count++];
}

/* An archive is a stream in three parts: one cut between them is whole. */
static void
take_mutant(void *with, struct slice mutant)
{
	struct trial *t = with;
	bool whole = read_sealed(t, mutant, NULL) == STREAM_DONE;
	size_t parts = t->parts;

	t->whole += whole;
	if (!t->passed.len)
		return;
	t->sealed++;
	const struct known *k = look_up(t, mutant);
	if (!k->true_rows && t->untrue++ < 3)
		printf("# untrue: the %zuth with a sealed window\n", t->sealed);
	if (whole && k->windows < 3) {
		t->short_parts++;
		t->untruly_whole += parts != (size_t)k->windows;
	}
}

/* Each window a stream of its own, as qb-archive writes it. */
static void
archive(struct slice three, struct buf *to)
{
	struct slice lines[MOST_LINES];
	size_t count = mutants_lines(three, lines);
	int64_t rows = 0;
	struct envelope e;

	buf_clear(to);
	for (size_t i = 0; i < count; i++) {
		must(envelope_parse(
			&e, (struct slice){ lines[i].at, lines[i].len - 1 },
			&why));
		rows += e.kind == ENVELOPE_ROW;
		if (e.kind == ENVELOPE_ROW)
			must(envelope_copy(&e, to, &why));
		if (e.kind != ENVELOPE_SEAL)
			continue;
		must(seal_put(&e, MEMBER_ARCHIVE,
			      SLICE("{\"file\":\"46/Customer/x_0123.gz\"}"), to,
			      &why));
		add_end(to, 1, rows);
		rows = 0;
	}
}

/* A member of gzip for each part that ends. */
static void
pack(struct slice text, struct buf *to)
{
	struct slice lines[MOST_LINES];
	size_t count = mutants_lines(text, lines), first = 0;

	buf_clear(to);
	for (size_t i = 0; i < count; i++)
		if (!strncmp(lines[i].at, "{\"qb\":\"end\"", 11)) {
			const char *end = lines[i].at + lines[i].len;

			add_gzip(to, (struct slice){
					     lines[first].at,
					     (size_t)(end - lines[first].at) });
			first = i + 1;
		}
}

static void
load_truth(struct trial *t, struct slice text)
{
	static const char *const schemas[] = { "mutant", "truth" };

	t->known_count = 0;
	for (size_t i = 0; i < LENGTH(schemas); i++) {
		must(pg_run(&t->loader.pg,
			    i ? "drop schema if exists truth cascade"
			      : "drop schema if exists mutant cascade",
			    NULL, 0, NULL, &why));
		t->loader.schema = schemas[i];
		if (read_sealed(t, text, &t->loader) != STREAM_DONE)
			BUG(why.text);
	}
}

static void
judge(struct trial *t, struct mutants *m, const char *what, size_t parts)
{
	printf("# %s: %zu mutants, %zu of them had a window that was sealed, "
	       "%zu passed for whole, %zu of different bytes were loaded\n",
	       what, m->count, t->sealed, t->whole, t->known_count);
	ok(m->count > 1000 && t->sealed > 100, "%s: %zu mutants are tried",
	   what, m->count);
	ok(!t->untrue, "%s: whatever is in table and ledger is true", what);
	ok(!t->untruly_whole && t->short_parts <= parts,
	   "%s: none passes for whole but what is cut between two parts", what);
	t->sealed = t->whole = t->short_parts = t->untrue = 0;
	t->untruly_whole = 0;
	t->mutants += m->count;
	m->count = 0;
}

/* `cuts`: how many places are there to cut it into whole parts? */
static void
test_damage(struct trial *t, struct slice text, const char *what, size_t cuts)
{
	struct mutants m;
	struct buf packed;
	char name[80];

	buf_init(&packed, MOST);
	mutants_init(&m, take_mutant, t);
	load_truth(t, text);
	ok(table_is_true(t) &&
		   ask(t, "select count(*) from truth.qb_windows") == 3,
	   "%s: the truth is loaded", what);
	mutants_truncate(&m, text);
	mutants_flip(&m, text);
	mutants_slip(&m, text);
	/* a line "end" twice or elsewhere makes other parts of the same */
	mutants_of_lines(&m, text);
	judge(t, &m, what, cuts);
	pack(text, &packed);
	mutants_truncate(&m, buf_slice(&packed));
	mutants_flip(&m, buf_slice(&packed));
	mutants_slip(&m, buf_slice(&packed));
	snprintf(name, sizeof(name), "%s, gzip", what);
	judge(t, &m, name, cuts);
	mutants_free(&m);
	buf_free(&packed);
}

static bool
begin(struct trial *t, struct failure *reason)
{
	static const char at[] = "2025-09-13T02:00:00Z";
	char sql[80];

	*t = (struct trial){ .sealed = 0 };
	buf_init(&t->passed, MOST);
	loader_init(&t->loader);
	id_order_init(&t->ids);
	batch_init(&t->batch);
	t->batch.rows.ids = &t->ids;
	snprintf(sql, sizeof(sql), "create database damage_%d", (int)getpid());
	if (!run_stamp_init(&t->run, "own", at, reason) ||
	    !pg_connect(&t->loader.pg, reason) ||
	    !pg_run(&t->loader.pg, sql, NULL, 0, NULL, reason))
		return false;
	setenv("PGDATABASE", sql + strlen("create database "), 1);
	return pg_connect(&t->loader.pg, reason) &&
	       pg_run(&t->loader.pg, "set client_min_messages = error", NULL, 0,
		      NULL, reason);
}

static void
finish(struct trial *t)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "drop database damage_%d", (int)getpid());
	setenv("PGDATABASE", "postgres", 1);
	must(pg_connect(&t->loader.pg, &why));
	must(pg_run(&t->loader.pg, sql, NULL, 0, NULL, &why));
	loader_free(&t->loader);
	batch_free(&t->batch);
	id_order_free(&t->ids);
	buf_free(&t->passed);
}

int
main(void)
{
	struct buf three, archived;
	static struct trial t;

	if (!private_server())
		return 0;
	buf_init(&three, MOST);
	buf_init(&archived, MOST);
	must(begin(&t, &why));
	make_three(&three, true);
	archive(buf_slice(&three), &archived);
	test_damage(&t, buf_slice(&three), "live", 0);
	test_damage(&t, buf_slice(&archived), "archived", 2);
	printf("# %zu mutants in all\n", t.mutants);
	finish(&t);
	buf_free(&archived);
	buf_free(&three);
	return tap_done();
}
