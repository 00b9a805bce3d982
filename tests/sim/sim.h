/* sim.h - the simulator while it runs, and one request to it. */
#ifndef SIM_H
#define SIM_H

#include <pthread.h>

#include "limits.h"
#include "oauth.h"
#include "overlay.h"
#include "script.h"

#define SIM_CLIENT_ID "ABsimulatedClient1234567890"
#define SIM_CLIENT_SECRET "simulatedSecret0987654321"

enum { SIM_MOST_BODY = 768 * 1024 * 1024, SIM_TRIES = 65536 };

/* What becomes of include=enhancedAllCustomFields. */
enum sim_include {
	SIM_INCLUDE_TAKEN,
	SIM_INCLUDE_IGNORED,
	SIM_INCLUDE_REFUSED
};

struct sim {
	struct world world;
	int64_t latency_ms, retry_after;
	bool wrong_cluster; /* another realm: 401 code 130, not 403 code 3100 */
	bool denies;        /* the person at the browser says no */
	bool pkce;          /* discovery offers it, consent insists on it */
	bool no_gzip;
	enum sim_include include, cdc_include;
	int64_t cdc_limit; /* objects of one answer */
	bool cdc_omits;    /* what the company lacks has no block */
	bool cdc_all;      /* changes of every entity can be asked for */
	/* but not of these */
	struct entity_list cdc_without;
	int log_fd;   /* -1: none */
	char url[64]; /* http://127.0.0.1:PORT */
	int64_t started_tick_ms;

	pthread_mutex_t lock; /* over what follows */
	struct overlay overlay;
	struct oauth oauth;
	struct limits limits;
	struct script script;
	int64_t requests;         /* that passed the gateway */
	uint64_t seen[SIM_TRIES]; /* hashes of what was asked, and how often */
	uint32_t seen_times[SIM_TRIES];
};

struct request {
	const char *method, *path;
	const char *authorization; /* header, or NULL */
	bool json, gzip, hard_expiry;
	const char *include; /* of ?include=, or "" */
	const char *query;   /* of ?query=, or NULL */
	struct slice body;
	void *connection; /* for signin.c, which asks for its own arguments */
};

struct answer {
	int status;
	const char *type;
	struct buf body;
	char location[2048]; /* header, or "" */
	bool wants_login;    /* WWW-Authenticate */
	bool intuit;         /* the headers of the API */
	int64_t retry_after; /* seconds, 0: no header */
	bool gzip;
	bool all_fields; /* rows with all their custom fields */
	struct script_verdict verdict;

	/* for the log */
	const char *kind;
	char entity[SCRIPT_WORD];
	const char *entities; /* of a request for changes, or NULL */
	const char *report;   /* the name of a report, or NULL */
	int64_t number, start, most, rows, tries;
	int64_t low_s, high_s; /* as in look.h */
};

/* An argument of the URL, or NULL. */
const char *request_argument(const struct request *r, const char *name);

/* How often this text was asked, this time included. */
int64_t sim_tries(struct sim *s, struct slice text);

/* /v3/company/... */
void api_answer(struct sim *s, const struct request *r, struct answer *a);
/* Everything of OAuth. */
void signin_answer(struct sim *s, const struct request *r, struct answer *a);

#endif
