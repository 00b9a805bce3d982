/*
 * status/metrics.h - the report of qb-status as OpenMetrics text.
 *
 * OpenMetrics 1.0; it is also valid in Prometheus' older text format, which
 * node_exporter's textfile collector reads: all are gauges, and the lines that
 * only OpenMetrics has are comments there.  Every sample has the label schema,
 * so that the files of several schemas may stand in one folder.  What is not
 * known has no sample.
 */
#ifndef STATUS_METRICS_H
#define STATUS_METRICS_H

#include "status/overview.h"

bool metrics_write(const struct overview *o, struct buf *to,
		   struct failure *why) MUST_CHECK;

/* A label's value, in quotes. */
bool metrics_write_label(const char *name, const char *value, struct buf *to,
			 struct failure *why) MUST_CHECK;

#endif
