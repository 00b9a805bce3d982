/*
 * auth/monthly_count.h - the file that holds how many calls an app made in a
 * month, of all companies together.
 *
 * "<env>-<app>-<year>-<month>.calls" in the state folder, whatever
 * QBO_TOKEN_FILE is; <app> is the beginning of the SHA-256 of the client ID,
 * which is in no file.  Months are those of UTC.  The file is one line of JSON
 * of fixed length, with a checksum, so that each change is one write within a
 * sector: whoever is killed, and whenever the power fails, it is whole.
 *
 * quickbooks/monthly_calls.h counts many calls with one open file.  What is
 * here serves qb-auth, which does not include quickbooks/: status prints the
 * count, and a login makes one call.
 */
#ifndef AUTH_MONTHLY_COUNT_H
#define AUTH_MONTHLY_COUNT_H

#include "base/buf.h"

enum {
	MONTHLY_COUNT_KEPT = 13, /* files of an app: a year and this month */
	MONTHLY_COUNT_NAME = 64,
};

/* Whose count it is. */
struct monthly_count {
	char env[16];
	char app[12 + 1];
	int month; /* months since the year 0 */
};

int monthly_count_month(int64_t at_us);
void monthly_count_init(struct monthly_count *c, const char *env,
			const char *client_id, int month);
void monthly_count_name(const struct monthly_count *c,
			char name[MONTHLY_COUNT_NAME]);

/* Open the file, and create it if it is missing and `create`.  -1 without a
 * failure: there is none.  FAILURE_IO: it is a link or no regular file, or
 * belongs to another user, or others can write to it. */
int monthly_count_open(const struct monthly_count *c, int folder, bool create,
		       struct failure *why) MUST_CHECK;

/* An empty file holds 0.  FAILURE_DATA: it is damaged, or something else. */
bool monthly_count_read(const struct monthly_count *c, int fd, int64_t *calls,
			struct failure *why) MUST_CHECK;
bool monthly_count_write(const struct monthly_count *c, int fd, int64_t calls,
			 struct failure *why) MUST_CHECK;

/* Remove the app's files but the MONTHLY_COUNT_KEPT newest: by their number and
 * not by the date, so that a wrong clock cannot remove them all.  This month's
 * and later ones stay in any case. */
void monthly_count_remove_old(const struct monthly_count *c, int folder);

/*
 * For a single call: find the file, lock it, and add `by`.  FAILURE_LATER, and
 * nothing is changed, if that exceeds `most` (0: no limit), or another process
 * holds the lock for a second; and as above.
 */
bool monthly_count_change(const struct monthly_count *c, int64_t by,
			  int64_t most, struct failure *why) MUST_CHECK;

/* Read it without a lock, for people and for plans; 0 if there is none.
 * monthly_count_look() finds the folder, too.  Failures as above. */
bool monthly_count_peek(const struct monthly_count *c, int folder,
			int64_t *calls, struct failure *why) MUST_CHECK;
bool monthly_count_look(const struct monthly_count *c, int64_t *calls,
			struct failure *why) MUST_CHECK;

#endif
