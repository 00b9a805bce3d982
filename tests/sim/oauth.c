#include "oauth.h"
#include "auth/pkce.h"
#include "base/clock.h"

static void
make_token(struct oauth *g, const char *begins, char token[OAUTH_TOKEN])
{
	uint64_t a = chance_next(&g->chance), b = chance_next(&g->chance);

	snprintf(token, OAUTH_TOKEN, "%s%016" PRIx64 "%016" PRIx64 "sim",
		 begins, a, b);
}

static void
add_refresh(struct oauth *g)
{
	if (g->refresh_count == OAUTH_REFRESH) { /* the older half goes */
		g->refresh_count /= 2;
		memmove(g->refresh, g->refresh + g->refresh_count,
			sizeof(g->refresh) / 2);
	}
	make_token(g, "AB11", g->refresh[g->refresh_count++]);
}

void
oauth_begin(struct oauth *g)
{
	g->chance.state = (uint64_t)clock_now_us() ^ (uint64_t)getpid();
	add_refresh(g);
}

const char *
oauth_newest(const struct oauth *g)
{
	return g->refresh[g->refresh_count - 1];
}

const char *
oauth_authorize(struct oauth *g, const char *redirect, const char *challenge)
{
	make_token(g, "XAB11", g->code);
	snprintf(g->challenge, sizeof(g->challenge), "%s", challenge);
	snprintf(g->redirect, sizeof(g->redirect), "%s", redirect);
	return g->code;
}

static const struct oauth_access *
add_access(struct oauth *g)
{
	struct oauth_access *a = &g->access[g->access_count++ % OAUTH_ACCESS];

	make_token(g, "eyJ", a->token);
	a->until_tick_ms = clock_monotonic_ms() + g->life_ms;
	a->requests_left = g->life_requests ? g->life_requests : -1;
	return a;
}

static bool
is_proven(const struct oauth *g, const char *verifier)
{
	char challenge[SECRET_TEXT];

	if (!g->challenge[0])
		return true;
	pkce_challenge(verifier, challenge);
	return !strcmp(challenge, g->challenge);
}

bool
oauth_exchange(struct oauth *g, struct slice code, struct slice redirect,
	       const char *verifier, const struct oauth_access **access)
{
	bool good = g->code[0] && slice_is(code, g->code) &&
		    slice_is(redirect, g->redirect) && is_proven(g, verifier);

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
taken(const struct oauth *g)
{
	size_t most = g->rotation == OAUTH_NEWEST     ? 1
		      : g->rotation == OAUTH_PREVIOUS ? 2
						      : g->refresh_count;

	return most < g->refresh_count ? most : g->refresh_count;
}

bool
oauth_refresh(struct oauth *g, struct slice token,
	      const struct oauth_access **access)
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
is_access(const struct oauth_access *a, struct slice token)
{
	return a->token[0] && slice_is(token, a->token);
}

bool
oauth_revoke(struct oauth *g, struct slice token)
{
	bool known = false;

	for (size_t i = 0; i < g->refresh_count; i++)
		known = known || slice_is(token, g->refresh[i]);
	for (size_t i = 0; i < OAUTH_ACCESS; i++)
		known = known || is_access(&g->access[i], token);
	if (known)
		g->revoked = true;
	return known;
}

void
oauth_expire(struct oauth *g)
{
	memset(g->access, 0, sizeof(g->access));
}

bool
oauth_spend(struct oauth *g, struct slice token)
{
	for (size_t i = 0; i < OAUTH_ACCESS; i++) {
		struct oauth_access *a = &g->access[i];

		if (!is_access(a, token))
			continue;
		if (g->revoked || clock_monotonic_ms() >= a->until_tick_ms ||
		    !a->requests_left)
			return false;
		a->requests_left -= a->requests_left > 0;
		return true;
	}
	return false;
}
