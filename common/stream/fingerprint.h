/* stream/fingerprint.h - the fingerprint of a payload: has an object changed?
 */
#ifndef STREAM_FINGERPRINT_H
#define STREAM_FINGERPRINT_H

#include "stream/entity.h"

/*
 * XXH3-64 of the payload's bytes.  Of a few entities, the values of members
 * that differ in each response although the object has not changed are left
 * out, and only of these is the payload parsed: the signed links of an
 * Attachable; MetaData of tax codes that QuickBooks makes up for each response;
 * Header.Time of a report.  A payload that is not JSON, or not an object, is
 * taken whole.
 *
 * Landing tables keep it, so it must never change; rows of Attachable, TaxCode
 * and reports that qb wrote before have that of the whole payload, and are
 * written once more.
 */
int64_t payload_fingerprint(const struct entity *entity, struct slice payload);

/*
 * Does LastUpdatedTime belong to the object?  False for entities where it may
 * be that of the response: then equal fingerprints are enough for "unchanged".
 */
bool payload_has_own_time(const struct entity *entity);

#endif
