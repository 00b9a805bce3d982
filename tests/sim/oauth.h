/*
 * oauth.h - the tokens of one connection, as Intuit's OAuth 2 server deals
 * them out.  Not for two threads at once.
 */
#ifndef OAUTH_H
#define OAUTH_H

#include "base/slice.h"
#include "chance.h"

enum { OAUTH_TOKEN = 64, OAUTH_ACCESS = 16, OAUTH_REFRESH = 4096 };

/* Which refresh tokens are taken: the newest, that and the one before it,
 * every one that was ever given. */
enum oauth_rotation { OAUTH_NEWEST, OAUTH_PREVIOUS, OAUTH_ALL };

struct oauth_access {
	char token[OAUTH_TOKEN];
	int64_t until_tick_ms;
	int64_t requests_left; /* -1: any number */
};

struct oauth {
	enum oauth_rotation rotation;
	int64_t rotate_every;  /* a new refresh token each so many refreshes */
	bool reuse_revokes;    /* an old refresh token ends the connection */
	int64_t life_ms;       /* of an access token */
	int64_t life_requests; /* 0: any number */

	struct chance chance;
	bool revoked;
	int64_t refreshes;
	struct oauth_access access[OAUTH_ACCESS]; /* the newest ones, in turn */
	size_t access_count;
	char refresh[OAUTH_REFRESH][OAUTH_TOKEN];
	size_t refresh_count;
	char code[OAUTH_TOKEN]; /* of one authorization, "" when used */
	char redirect[1024];
	char challenge[OAUTH_TOKEN]; /* PKCE; "": none was sent */
};

void oauth_begin(struct oauth *g);
const char *oauth_newest(const struct oauth *g);

/* A code for the browser; the next exchange must name the same redirect, and
 * the verifier of the PKCE challenge unless that is "". */
const char *oauth_authorize(struct oauth *g, const char *redirect,
			    const char *challenge);

/* A pair of tokens, or false: invalid_grant. */
bool oauth_exchange(struct oauth *g, struct slice code, struct slice redirect,
		    const char *verifier,
		    const struct oauth_access **access) MUST_CHECK;
bool oauth_refresh(struct oauth *g, struct slice token,
		   const struct oauth_access **access) MUST_CHECK;

/* Either kind of token ends the connection; false when it is unknown. */
bool oauth_revoke(struct oauth *g, struct slice token) MUST_CHECK;
/* Every access token is stale from now on. */
void oauth_expire(struct oauth *g);

/* Is this access token good for one more request? */
bool oauth_spend(struct oauth *g, struct slice token) MUST_CHECK;

#endif
