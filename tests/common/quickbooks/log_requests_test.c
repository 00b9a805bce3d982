/* covers: log requests change windows */
#include "base/clock.h"
#include "quickbooks/log_requests.h"
#include "tap.h"

static struct change_windows windows;
static struct log_requests requests;
static int64_t now_us;

static void
add(const struct entity *entity, int64_t ago_s)
{
	struct window w = { .entity = entity,
			    .by = WINDOW_BY_CHANGE,
			    .start_us = now_us - ago_s * CLOCK_SECOND,
			    .end_us = now_us - CLOCK_SECOND,
			    .no = 1,
			    .of = 1 };
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 1024);
	if (!window_write(&w, &text, &why) ||
	    !change_windows_add(&windows, &w, buf_slice(&text),
				(struct slice){ 0 }, (struct slice){ 0 }, &why))
		BUG(why.text);
	buf_free(&text);
}

static void
add_named(const char *entity, int64_t ago_s)
{
	add(entity_find(slice_of(entity)), ago_s);
}

/* "Bill,Vendor 900" of the next request: its entities, and since when. */
static const char *
next(struct log_request *request)
{
	static char text[2048];
	size_t used = 0;

	if (!log_requests_next(&requests, request))
		return "none";
	for (size_t i = 0; i < request->count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i ? "," : "",
					 request->entities[i]->name);
	snprintf(text + used, sizeof(text) - used, " %" PRId64,
		 (now_us - request->since_us) / CLOCK_SECOND);
	return text;
}

static void
begin(void)
{
	change_windows_clear(&windows);
	now_us = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND;
}

static void
test_begin(void)
{
	struct log_request r;

	begin();
	add_named("Bill", 900);
	add_named("Vendor", 3000);
	add_named("Bill", 5000);
	add_named("TaxCode", 700);
	add_named("Item", 20);
	add_named("Customer", LOG_MOST_AGE_S);
	add_named("Deposit", LOG_MOST_AGE_S + 1);
	log_requests_begin(&requests, &windows, now_us);
	is(next(&r), "Customer,Bill,Vendor,Item 2588400",
	   "one request, by times, each entity once");
	is(next(&r), "none", "and no other");
	ok(windows.at[3].state == CHANGE_BY_QUERY,
	   "what the log leaves out is read by queries");
	ok(windows.at[6].state == CHANGE_BY_QUERY &&
		   windows.at[5].state == CHANGE_WAITS,
	   "and what is older than it has");

	begin();
	add_named("Bill", LOG_MOST_AGE_S + 10);
	add_named("Bill", 10);
	log_requests_begin(&requests, &windows, now_us);
	is(next(&r), "Bill 10", "of an entity only the younger window");
	begin();
	add_named("TaxRate", 10);
	log_requests_begin(&requests, &windows, now_us);
	is(next(&r), "none", "nothing that the log could answer");
}

static void
test_parts(void)
{
	struct log_request r, rest;

	begin();
	add_named("Bill", 500);
	add_named("Vendor", 400);
	add_named("Item", 300);
	add_named("Deposit", 200);
	add_named("Term", 100);
	log_requests_begin(&requests, &windows, now_us);
	is(next(&r), "Bill,Vendor,Item,Deposit,Term 500", "five");
	ok(log_requests_halve(&requests, &windows, &r), "are halved");
	is(next(&r), "Bill,Vendor 500", "two");
	log_requests_repeat(&requests, &r);
	is(next(&rest), "Item,Deposit,Term 300", "and three, of later times");
	is(next(&r), "Bill,Vendor 500", "then what is to be repeated");
	ok(log_requests_without(&requests, &windows, &rest, rest.entities[0]),
	   "without one of them");
	is(next(&rest), "Deposit,Term 200", "the others are left");
	change_windows_set(&windows, rest.entities[0], CHANGE_READ);
	ok(log_requests_without(&requests, &windows, &rest, rest.entities[0]),
	   "without another");
	is(next(&rest), "Term 100", "one is left");
	ok(!log_requests_halve(&requests, &windows, &rest) &&
		   !log_requests_without(&requests, &windows, &rest,
					 rest.entities[0]),
	   "which cannot be halved, nor left out");
	is(next(&rest), "none", "and nothing is added then");
}

/* --- a server that refuses as it likes ------------------------------------ */

static uint64_t seed;

static uint64_t
draw(uint64_t below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (seed >> 33) % below;
}

struct model {
	bool added[ENTITY_MOST], done[ENTITY_MOST];
	size_t bad;
};

static size_t
place_of(const struct entity *entity)
{
	for (size_t i = 0; entity_at(i); i++)
		if (entity_at(i) == entity)
			return i;
	BUG("an entity that is none");
}

static void
settle(struct model *m, const struct entity *entity, enum change_state state)
{
	m->bad += m->done[place_of(entity)];
	m->done[place_of(entity)] = true;
	change_windows_set(&windows, entity, state);
}

static void
answer(struct model *m, const struct log_request *r)
{
	const struct entity *one = r->entities[draw(r->count)];

	switch (draw(5)) {
	case 0:
	case 1:
		if (log_requests_halve(&requests, &windows, r))
			return;
		settle(m, r->entities[0], CHANGE_BY_QUERY);
		return;
	case 2:
		settle(m, one, CHANGE_BY_QUERY);
		m->bad += log_requests_without(&requests, &windows, r, one) !=
			  (r->count > 1);
		return;
	case 3:
		log_requests_repeat(&requests, r);
		return;
	default:
		for (size_t i = 0; i < r->count; i++)
			settle(m, r->entities[i], CHANGE_READ);
	}
}

/* Each request goes back to the earliest of its windows, and no entity is in
 * two that wait. */
static void
check_waiting(struct model *m)
{
	bool seen[ENTITY_MOST] = { false };

	for (size_t i = 0; i < requests.count; i++) {
		const struct log_request *r =
			&requests.waiting[(requests.first + i) %
					  LENGTH(requests.waiting)];
		int64_t since_us = INT64_MAX;

		m->bad += !r->count;
		for (size_t k = 0; k < r->count; k++) {
			size_t place = place_of(r->entities[k]);
			int64_t one_us =
				change_windows_since(&windows, r->entities[k]);

			m->bad += seen[place] || m->done[place];
			seen[place] = true;
			since_us = one_us < since_us ? one_us : since_us;
		}
		m->bad += since_us != r->since_us;
	}
	for (size_t i = 0; entity_at(i); i++)
		m->bad += m->added[i] && !m->done[i] && !seen[i];
}

static size_t
try_model(void)
{
	struct model m = { .bad = 0 };
	struct log_request r;

	begin();
	for (uint64_t left = 1 + draw(60); left; left--) {
		const struct entity *entity = NULL;

		while (!entity)
			entity = entity_at(draw(ENTITY_MOST));
		add(entity, 10 + (int64_t)draw(100000));
		m.added[place_of(entity)] = true;
	}
	log_requests_begin(&requests, &windows, now_us);
	for (size_t i = 0; i < windows.count; i++)
		if (windows.at[i].state == CHANGE_BY_QUERY)
			m.done[place_of(windows.at[i].window.entity)] = true;
	check_waiting(&m);
	while (log_requests_next(&requests, &r)) {
		answer(&m, &r);
		check_waiting(&m);
	}
	for (size_t i = 0; i < windows.count; i++)
		m.bad += windows.at[i].state == CHANGE_WAITS;
	return m.bad;
}

static void
test_model(void)
{
	enum { RUNS = 2000 };
	size_t bad = 0;

	for (seed = 1; seed <= RUNS && !bad; seed++) {
		uint64_t before = seed;

		bad = try_model();
		if (bad)
			printf("# seed %" PRIu64 "\n", before);
		seed = before;
	}
	ok(!bad, "%d runs: no entity is lost, and none is asked for twice",
	   RUNS);
}

int
main(void)
{
	change_windows_init(&windows);
	test_begin();
	test_parts();
	test_model();
	change_windows_free(&windows);
	return tap_done();
}
