/* check/proof_report.h - a proof, for people and for programs. */
#ifndef CHECK_PROOF_REPORT_H
#define CHECK_PROOF_REPORT_H

#include "check/proof.h"

/* Append the report: some lines of text; or one line of JSON. */
bool proof_write(const struct proof *p, struct buf *to,
		 struct failure *why) MUST_CHECK;
bool proof_write_json(const struct proof *p, struct buf *to,
		      struct failure *why) MUST_CHECK;

#endif
