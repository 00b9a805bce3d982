/*
 * grant.h - the tokens of one connection, as Intuit's OAuth 2 server deals
 * them out.  Not for two threads at once.
 */
#ifndef GRANT_H
#define GRANT_H

#include "chance.h"
#include "slice.h"

enum { GRANT_TOKEN = 64, GRANT_ACCESS = 16, GRANT_REFRESH = 4096 };

/* Which refresh tokens are taken: the newest, that and the one before it,
 * every one that was ever given. */
enum grant_rotation { GRANT_NEWEST, GRANT_PREVIOUS, GRANT_ALL };

struct grant_access {
	char token[GRANT_TOKEN];
	int64_t until_tick_ms;
	int64_t requests_left; /* -1: any number */
};

struct grant {
	enum grant_rotation rotation;
	int64_t rotate_every;  /* a new refresh token each so many refreshes */
	bool reuse_revokes;    /* an old refresh token ends the connection */
	int64_t life_ms;       /* of an access token */
	int64_t life_requests; /* 0: any number */

	struct chance chance;
	bool revoked;
	int64_t refreshes;
	struct grant_access access[GRANT_ACCESS]; /* the newest ones, in turn */
	size_t access_count;
	char refresh[GRANT_REFRESH][GRANT_TOKEN];
	size_t refresh_count;
	char code[GRANT_TOKEN]; /* of one authorization, "" when used */
	char redirect[1024];
};

void grant_begin(struct grant *g);
const char *grant_newest(const struct grant *g);

/* A code for the browser; the next exchange must name the same redirect. */
const char *grant_authorize(struct grant *g, const char *redirect);

/* A pair of tokens, or false: invalid_grant. */
bool grant_exchange(struct grant *g, struct slice code, struct slice redirect,
		    const struct grant_access **access) MUST_CHECK;
bool grant_refresh(struct grant *g, struct slice token,
		   const struct grant_access **access) MUST_CHECK;

/* Either kind of token ends the connection; false when it is unknown. */
bool grant_revoke(struct grant *g, struct slice token) MUST_CHECK;
/* Every access token is stale from now on. */
void grant_expire(struct grant *g);

/* Is this access token good for one more request? */
bool grant_spend(struct grant *g, struct slice token) MUST_CHECK;

#endif
