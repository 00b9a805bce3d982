/*
 * control.h - changes that a test makes in the company, as its users would:
 *
 *	/sim/change?entity=E&do=DO&id=ID,ID    those rows
 *	/sim/change?entity=E&do=DO&rows=N      the first N that it can be done
 *to, in the order of --print
 *
 * DO is edit, delete, return (what was deleted), inactivate or activate (of
 * lists).  Their time is now; `&at=TIME` with delete is another, in the past.
 * No token is asked for.  All is done, and the answer is {"changed":["1","2"]},
 * or nothing, with status 400 and {"error":"..."}.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "sim.h"

void control_answer(struct sim *s, const struct request *r, struct answer *a);

#endif
