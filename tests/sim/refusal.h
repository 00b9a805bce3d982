/* refusal.h - what QuickBooks answers when it refuses; bodies as recorded. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "base/buf.h"

enum { REFUSAL_DETAIL = 1024 };

/* The service layer's: {"Fault":{"Error":[...],"type":"..."},"time":"..."} */
struct refusal {
	int status; /* of HTTP; 0 when nothing was refused */
	const char *message, *code, *element, *type;
	char detail[REFUSAL_DETAIL];
};

/* Returns false, so that callers can `return refuse_...(...)`. */
bool refuse_parse(struct refusal *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool refuse_query(struct refusal *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool refuse_missing(struct refusal *r);
bool refuse_id(struct refusal *r, struct slice id);
/* 5020: the plan does not have it (oauth-jsclient#89). */
bool refuse_rights(struct refusal *r);
/* ExchangeRate of a company with one currency; the text is that of writes which
 * name a currency there. */
bool refuse_currency(struct refusal *r);
/* 2010, as recorded of writes. */
bool refuse_property(struct refusal *r, struct slice name);
bool refuse_operation(struct refusal *r, const char *path);
/* "Operation cdc ... is not supported."; the one for an old changedSince is
 * QuickBooksSharp#19, the others are made up like it. */
bool refuse_cdc(struct refusal *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* `json` or else XML. */
void refusal_write(struct buf *to, const struct refusal *r, bool json);

/* The gateway's lower-case envelope: `message` is "AuthenticationFailed". */
void refusal_write_gateway(struct buf *to, bool json, int status,
			   const char *message, const char *code,
			   const char *detail, const char *type);
/* 401, code 130, always XML (python-quickbooks#369). */
void refusal_write_cluster(struct buf *to);

/* "2020-09-29T06:03:53.903-07:00", then or now. */
void refusal_write_time(struct buf *to, int64_t at_us);
void refusal_write_now(struct buf *to);

/* What an answer in XML begins with. */
void refusal_write_xml_head(struct buf *to, int64_t at_us);

#endif
