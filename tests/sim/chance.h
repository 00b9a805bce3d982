/* chance.h - numbers that look random and come again with the same seed. */
#ifndef CHANCE_H
#define CHANCE_H

#include "base/base.h"

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection. */
static inline uint64_t
chance_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct chance {
	uint64_t state;
};

static inline uint64_t
chance_next(struct chance *c)
{
	c->state = chance_mix(c->state);
	return c->state;
}

/* 0 to n - 1; n is at least 1. */
static inline int64_t
chance_below(struct chance *c, int64_t n)
{
	return (int64_t)(chance_next(c) % (uint64_t)n); /* less than n */
}

#endif
