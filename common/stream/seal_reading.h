/*
 * stream/seal_reading.h - what the seal of a window says that was not counted
 * by QuickBooks: the member "log" of a window by change, "whole" of one by
 * whole.
 */
#ifndef STREAM_SEAL_READING_H
#define STREAM_SEAL_READING_H

#include "json/json.h"

struct seal_reading {
	int64_t at_us; /* when it was read, by QuickBooks' clock */
	/* -1: the object does not have them */
	int64_t rows;  /* that QuickBooks has */
	int64_t known; /* left out, because the table has them */
};

/* False: no time, or a member that is wrong; others are passed over. */
bool seal_reading_parse(struct seal_reading *r, struct slice object) MUST_CHECK;

#endif
