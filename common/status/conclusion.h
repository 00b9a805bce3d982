/* status/conclusion.h - is something late, and which command helps? */
#ifndef STATUS_CONCLUSION_H
#define STATUS_CONCLUSION_H

#include "status/overview.h"

/*
 * True: nothing is.  FAILURE_LATER names the entities that are late, or says
 * that the login ends soon; FAILURE_LOGIN: a person must log in, whatever else
 * is late; or why the login cannot be read.
 */
bool conclusion_draw(const struct overview *o, struct failure *why);

#endif
