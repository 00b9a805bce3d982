#include "grant.h"
#include "clock.h"

static void
make_token(struct grant *g, const char *begins, char token[GRANT_TOKEN])
{
	uint64_t a = chance_next(&g->chance), b = chance_next(&g->chance);

	snprintf(token, GRANT_TOKEN, "%s%016" PRIx64 "%016" PRIx64 "sim",
		 begins, a, b);
}

static void
add_refresh(struct grant *g)
{
	if (g->refresh_count == GRANT_REFRESH)
		BUG("more refresh tokens than GRANT_REFRESH");
	make_token(g, "AB11", g->refresh[g->refresh_count++]);
}

void
grant_begin(struct grant *g)
{
	g->chance.state = (uint64_t)clock_now_us() ^ (uint64_t)getpid();
	add_refresh(g);
}

const char *
grant_newest(const struct grant *g)
{
	return g->refresh[g->refresh_count - 1];
}

const char *
grant_authorize(struct grant *g, const char *redirect)
{
	make_token(g, "XAB11", g->code);
	snprintf(g->redirect, sizeof(g->redirect), "%s", redirect);
	return g->code;
}

static const struct grant_access *
add_access(struct grant *g)
{
	struct grant_access *a = &g->access[g->access_count++ % GRANT_ACCESS];

	make_token(g, "eyJ", a->token);
	a->until_tick_ms = clock_tick_ms() + g->life_ms;
	a->requests_left = g->life_requests ? g->life_requests : -1;
	return a;
}

bool
grant_exchange(struct grant *g, struct slice code, struct slice redirect,
	       const struct grant_access **access)
{
	bool good = g->code[0] && slice_is(code, g->code) &&
		    slice_is(redirect, g->redirect);

	g->code[0] = '\0'; /* good for one try */
	if (!good)
		return false;
	g->revoked = false;
	g->refresh_count = 0;
	g->access_count = 0;
	memset(g->access, 0, sizeof(g->access));
	add_refresh(g);
	*access = add_access(g);
	return true;
}

/* How many of the newest refresh tokens are taken. */
static size_t
taken(const struct grant *g)
{
	size_t most = g->rotation == GRANT_NEWEST     ? 1
		      : g->rotation == GRANT_PREVIOUS ? 2
						      : g->refresh_count;

	return most < g->refresh_count ? most : g->refresh_count;
}

bool
grant_refresh(struct grant *g, struct slice token,
	      const struct grant_access **access)
{
	bool good = false, old = false;

	for (size_t i = 0; i < g->refresh_count; i++)
		if (slice_is(token, g->refresh[i])) {
			good = i + taken(g) >= g->refresh_count;
			old = !good;
		}
	if (old && g->reuse_revokes)
		g->revoked = true;
	if (!good || g->revoked)
		return false;
	g->refreshes++;
	if (g->rotate_every && g->refreshes % g->rotate_every == 0)
		add_refresh(g);
	*access = add_access(g);
	return true;
}

static bool
is_access(const struct grant_access *a, struct slice token)
{
	return a->token[0] && slice_is(token, a->token);
}

bool
grant_revoke(struct grant *g, struct slice token)
{
	bool known = false;

	for (size_t i = 0; i < g->refresh_count; i++)
		known = known || slice_is(token, g->refresh[i]);
	for (size_t i = 0; i < GRANT_ACCESS; i++)
		known = known || is_access(&g->access[i], token);
	if (known)
		g->revoked = true;
	return known;
}

void
grant_expire(struct grant *g)
{
	memset(g->access, 0, sizeof(g->access));
}

bool
grant_spend(struct grant *g, struct slice token)
{
	for (size_t i = 0; i < GRANT_ACCESS; i++) {
		struct grant_access *a = &g->access[i];

		if (!is_access(a, token))
			continue;
		if (g->revoked || clock_tick_ms() >= a->until_tick_ms ||
		    !a->requests_left)
			return false;
		a->requests_left -= a->requests_left > 0;
		return true;
	}
	return false;
}
