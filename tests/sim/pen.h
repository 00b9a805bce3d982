/*
 * pen.h - writing into a buf whose bound is never met: a body of the
 * simulator that grows past it is a bug of the simulator.
 */
#ifndef PEN_H
#define PEN_H

#include "base/buf.h"

void pen_bytes(struct buf *to, const char *bytes, size_t len);
void pen_text(struct buf *to, const char *text);
void pen_format(struct buf *to, const char *fmt, ...) PRINTF_LIKE(2, 3);
void pen_number(struct buf *to, int64_t number);
/* Not negative, with zeros in front to fill `digits`. */
void pen_digits(struct buf *to, int64_t number, int digits);

/* Cents as QuickBooks prints amounts: "0", "100.00", "337.50". */
void pen_money(struct buf *to, int64_t cents);
/* Hundredths as it prints quantities and prices: "75", "22.5", "12.75". */
void pen_minimal(struct buf *to, int64_t hundredths);

void pen_time(struct buf *to, int64_t at_s); /* pacific_spell() */
void pen_day(struct buf *to, int64_t day);   /* pacific_spell_day() */

/* A string value with its quotes. */
void pen_string(struct buf *to, struct slice text);
/* What XML wants in the place of <, > and &. */
void pen_xml(struct buf *to, const char *text);

#endif
