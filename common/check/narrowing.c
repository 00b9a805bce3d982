#include "check/narrowing.h"

void
narrowing_init(struct narrowing *n, struct time_range range)
{
	*n = (struct narrowing){ .rest = range };
}

void
narrowing_free(struct narrowing *n)
{
	free(n->pieces);
	free(n->nodes);
	*n = (struct narrowing){ .rest = n->rest };
}

void
narrowing_add_window(struct narrowing *n, struct time_range window,
		     int64_t allowed)
{
	struct narrowing_piece piece = { .range = n->rest, .allowed = allowed };

	if (window.start_us > n->rest.start_us)
		return; /* a gap: the rest stays */
	if (window.end_us < piece.range.end_us)
		piece.range.end_us = window.end_us;
	if (piece.range.start_us >= piece.range.end_us)
		return;
	if (n->piece_count == n->piece_room) {
		n->piece_room = n->piece_room ? 2 * n->piece_room : 64;
		n->pieces = base_realloc(n->pieces,
					 n->piece_room * sizeof(*n->pieces));
	}
	n->pieces[n->piece_count++] = piece;
	n->rest.start_us = piece.range.end_us;
}

void
narrowing_fill(struct narrowing *n, const struct table_counts *counts)
{
	if (n->rest.start_us < n->rest.end_us)
		n->piece_count = 0;
	for (size_t i = 0; i < n->piece_count; i++)
		n->pieces[i].rows =
			table_counts_live(counts, n->pieces[i].range);
}

static void
add_node(struct narrowing *n, const struct narrowing_node *node)
{
	const struct narrowing_node copy = *node; /* may be one of n->nodes */

	if (n->node_count == n->node_room) {
		n->node_room = n->node_room ? 2 * n->node_room : 32;
		n->nodes = base_realloc(n->nodes,
					n->node_room * sizeof(*n->nodes));
	}
	n->nodes[n->node_count++] = copy;
}

void
narrowing_add_all(struct narrowing *n, int64_t counted)
{
	const struct narrowing_node all = { 0, n->piece_count, true, counted };

	if (n->piece_count)
		add_node(n, &all);
}

static int64_t
surplus_of(const struct narrowing *n, const struct narrowing_node *node)
{
	int64_t surplus = node->rows;

	for (size_t i = node->first; i < node->end; i++)
		surplus -= n->pieces[i].rows;
	return surplus;
}

/* Where QuickBooks has more rows, some may be missing for a reason; where it
 * has fewer, the table has rows that have left the range. */
static int64_t
missing_of(const struct narrowing *n, const struct narrowing_node *node)
{
	int64_t surplus = surplus_of(n, node), allowed = 0;

	for (size_t i = node->first; i < node->end; i++)
		allowed += n->pieces[i].allowed;
	if (surplus < 0)
		return surplus;
	return surplus > allowed ? surplus - allowed : 0;
}

static bool
is_known_to_differ(const struct narrowing *n, const struct narrowing_node *in)
{
	for (size_t i = 0; i < n->node_count; i++) {
		const struct narrowing_node *node = &n->nodes[i];

		if (node->counted && node->first >= in->first &&
		    node->end <= in->end && missing_of(n, node))
			return true;
	}
	return false;
}

void
narrowing_add_range(struct narrowing *n, struct time_range range)
{
	struct narrowing_node node = { .first = 0 };

	while (node.first < n->piece_count &&
	       n->pieces[node.first].range.end_us <= range.start_us)
		node.first++;
	node.end = node.first;
	while (node.end < n->piece_count &&
	       n->pieces[node.end].range.start_us < range.end_us)
		node.end++;
	if (node.first < node.end && !is_known_to_differ(n, &node))
		add_node(n, &node);
}

static bool
wants_count(const struct narrowing *n, const struct narrowing_node *node)
{
	return !node->counted ||
	       (node->end - node->first > 1 && missing_of(n, node));
}

struct rank {
	bool wanted;
	int64_t missing;
	struct narrowing_node node;
};

static int
by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->wanted != y->wanted)
		return y->wanted - x->wanted;
	if (x->missing != y->missing)
		return x->missing < y->missing ? 1 : -1;
	return (x->node.first > y->node.first) -
	       (x->node.first < y->node.first);
}

/* What nobody has counted yet is ranked before what has merely left. */
static void
rank_nodes(struct narrowing *n)
{
	struct rank *ranks =
		base_realloc(NULL, (n->node_count + 1) * sizeof(*ranks));

	for (size_t i = 0; i < n->node_count; i++) {
		const struct narrowing_node *node = &n->nodes[i];

		ranks[i] = (struct rank){
			.wanted = wants_count(n, node),
			.missing = node->counted ? missing_of(n, node) : 0,
			.node = *node,
		};
	}
	qsort(ranks, n->node_count, sizeof(*ranks), by_rank);
	for (size_t i = 0; i < n->node_count; i++)
		n->nodes[i] = ranks[i].node;
	free(ranks);
}

static size_t
middle_of(const struct narrowing_node *node)
{
	return node->first + (node->end - node->first) / 2;
}

size_t
narrowing_next(struct narrowing *n, struct time_range *ranges, size_t most)
{
	rank_nodes(n);
	for (n->asked = 0; n->asked < n->node_count && n->asked < most;
	     n->asked++) {
		const struct narrowing_node *node = &n->nodes[n->asked];
		size_t end = node->counted ? middle_of(node) : node->end;

		if (!wants_count(n, node))
			break;
		ranges[n->asked].start_us =
			n->pieces[node->first].range.start_us;
		ranges[n->asked].end_us = n->pieces[end - 1].range.end_us;
	}
	return n->asked;
}

/* A piece of what was counted before may by now have rows that were not there:
 * the rest is then below zero. */
void
narrowing_take(struct narrowing *n, const int64_t *counts)
{
	for (size_t i = 0; i < n->asked; i++) {
		struct narrowing_node *node = &n->nodes[i];

		if (!node->counted) {
			node->counted = true;
			node->rows = counts[i];
			continue;
		}
		int64_t rest = node->rows - counts[i];
		struct narrowing_node right = { middle_of(node), node->end,
						true, rest > 0 ? rest : 0 };

		node->end = right.first;
		node->rows = counts[i];
		add_node(n, &right);
	}
	n->asked = 0;
}

int64_t
narrowing_surplus(const struct narrowing *n)
{
	int64_t surplus = 0;

	for (size_t i = 0; i < n->node_count; i++)
		if (n->nodes[i].counted)
			surplus += surplus_of(n, &n->nodes[i]);
	return surplus;
}

static int
by_time(const void *a, const void *b)
{
	const struct narrowing_node *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? 1 : -1;
	return (x->end > y->end) - (x->end < y->end);
}

size_t
narrowing_finish(struct narrowing *n)
{
	size_t kept = 0;

	if (n->node_count)
		qsort(n->nodes, n->node_count, sizeof(*n->nodes), by_time);
	for (size_t i = 0; i < n->node_count; i++) {
		const struct narrowing_node *node = &n->nodes[i];

		if (node->counted && missing_of(n, node) &&
		    (!kept || node->first >= n->nodes[kept - 1].end))
			n->nodes[kept++] = *node;
	}
	n->node_count = kept;
	return kept;
}

void
narrowing_at(const struct narrowing *n, size_t i, struct proof_difference *to)
{
	const struct narrowing_node *node = &n->nodes[i];

	*to = (struct proof_difference){
		.range = { n->pieces[node->first].range.start_us,
			   n->pieces[node->end - 1].range.end_us },
		.windows = node->end - node->first,
		.counted = node->rows,
		.in_table = node->rows - surplus_of(n, node),
		.missing = missing_of(n, node),
	};
}
