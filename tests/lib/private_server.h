/* private_server.h - the PostgreSQL of the test run (scripts/run-tests). */
#ifndef PRIVATE_SERVER_H
#define PRIVATE_SERVER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Let libpq find it; where there is none, say that the test is left out. */
static inline bool
private_server(void)
{
	const char *host = getenv("QB_TEST_PGHOST");

	if (!host) {
		puts("1..0 # SKIP no QB_TEST_PGHOST");
		return false;
	}
	setenv("PGHOST", host, 1);
	setenv("PGPORT", getenv("QB_TEST_PGPORT"), 1);
	setenv("PGUSER", getenv("QB_TEST_PGUSER"), 1);
	setenv("PGDATABASE", "postgres", 1);
	return true;
}

#endif
