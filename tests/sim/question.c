#include <ctype.h>

#include "question.h"
#include "json/json.h"

/* A token, as the parser generator that Intuit uses (JavaCC) sees it. */
enum token { END, NAME, NUMBER, TEXT, SIGN };

struct parser {
	const char *start, *at, *end;
	enum token token;
	struct slice here; /* the token; of TEXT what is in the quotes */
	size_t column;     /* of its first byte, from 1 */
	struct refusal *why;
	bool lexical; /* no token could be made */
};

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool
take_text(struct parser *p)
{
	const char *at = p->at + 1;

	while (at < p->end && *at != '\'')
		at += *at == '\\' && at + 1 < p->end ? 2 : 1;
	if (at >= p->end) {
		p->lexical = true;
		return refuse_parse(p->why,
				    "QueryParserError: Invalid content. "
				    "Lexical error at line 1, column %td.  "
				    "Encountered: <EOF> after : \"\"",
				    p->end - p->start + 1);
	}
	p->token = TEXT;
	p->here = (struct slice){ p->at + 1, (size_t)(at - p->at - 1) };
	p->at = at + 1;
	return true;
}

static bool
take_sign(struct parser *p)
{
	bool two = (*p->at == '<' || *p->at == '>') && p->at + 1 < p->end &&
		   p->at[1] == '=';

	p->here = (struct slice){ p->at, two ? 2 : 1 };
	p->token = SIGN;
	if (!strchr("*(),=<>", *p->at) || !*p->at) {
		p->lexical = true;
		return refuse_parse(p->why,
				    "QueryParserError: Invalid content. "
				    "Lexical error at line 1, column %zu.  "
				    "Encountered: \"%c\" (%d), after : \"\"",
				    p->column, *p->at, *p->at);
	}
	p->at += p->here.len;
	return true;
}

static bool
next(struct parser *p)
{
	while (p->at < p->end && isspace((unsigned char)*p->at))
		p->at++;
	p->column = (size_t)(p->at - p->start) + 1;
	p->here = (struct slice){ p->at, 0 };
	p->token = END;
	if (p->at >= p->end)
		return true;
	if (*p->at == '\'')
		return take_text(p);
	if (!is_name_byte(*p->at) && *p->at != '-')
		return take_sign(p);
	p->token =
		isdigit((unsigned char)*p->at) || *p->at == '-' ? NUMBER : NAME;
	while (p->at < p->end && (is_name_byte(*p->at) || *p->at == '-'))
		p->at++;
	p->here.len = (size_t)(p->at - p->here.at);
	return true;
}

static bool
is_word(const struct parser *p, const char *word)
{
	return p->token == NAME && p->here.len == strlen(word) &&
	       !strncasecmp(p->here.at, word, p->here.len);
}

static bool
is_sign(const struct parser *p, const char *sign)
{
	return p->token == SIGN && slice_is(p->here, sign);
}

/* The message of a JavaCC parser; NQ#56 and a recorded fault show it. */
static bool
unexpected(struct parser *p, const char *wanted)
{
	static const char *const keywords[] = {
		"select", "from",    "where",         "and",
		"null",   "in",      "like",          "order",
		"by",     "orderby", "startposition", "maxresults",
	};
	char kind[32] = "<IDENTIFIER>";

	if (p->lexical)
		return false;
	if (p->token == END)
		return refuse_parse(p->why,
				    "QueryParserError: Encountered \"<EOF>\" "
				    "at line %d, column %zu.\nWas expecting%s",
				    p->start < p->end, p->column - 1, wanted);
	if (p->token == TEXT)
		snprintf(kind, sizeof(kind), "<STRING_LITERAL>");
	else if (p->token == NUMBER)
		snprintf(kind, sizeof(kind), "<INTEGER>");
	else if (p->token == SIGN)
		snprintf(kind, sizeof(kind), "\"%.*s\"", SLICE_SHOWN(p->here));
	for (size_t i = 0; i < LENGTH(keywords); i++)
		if (is_word(p, keywords[i]))
			snprintf(kind, sizeof(kind), "\"%s\"", keywords[i]);
	return refuse_parse(p->why,
			    "QueryParserError: Encountered \" %s \"%.*s \"\" "
			    "at line 1, column %zu.\nWas expecting%s",
			    kind, SLICE_SHOWN(p->here), p->column, wanted);
}

static bool
want_word(struct parser *p, const char *word)
{
	char wanted[64];

	if (is_word(p, word))
		return next(p);
	snprintf(wanted, sizeof(wanted), ":\n    \"%s\" ...\n    ", word);
	return unexpected(p, wanted);
}

static bool
want_sign(struct parser *p, const char *sign)
{
	char wanted[64];

	if (is_sign(p, sign))
		return next(p);
	snprintf(wanted, sizeof(wanted), ":\n    \"%s\" ...\n    ", sign);
	return unexpected(p, wanted);
}

static bool
want_name(struct parser *p, struct slice *name)
{
	if (p->token != NAME || is_word(p, "null"))
		return unexpected(p, ":\n    <IDENTIFIER> ...\n    ");
	*name = p->here;
	return next(p);
}

static bool
read_value(struct parser *p, struct question *s)
{
	if (p->token != TEXT && p->token != NUMBER && !is_word(p, "true") &&
	    !is_word(p, "false"))
		return unexpected(p, " one of:\n    <BOOLEAN> ...\n    "
				     "<DECIMAL> ...\n    <INTEGER> ...\n    "
				     "<STRING_LITERAL> ...\n    ");
	if (s->value_count == QUESTION_VALUES)
		return refuse_query(p->why,
				    "QueryValidationError: too many values");
	s->values[s->value_count++] = p->here;
	return next(p);
}

static bool
read_list(struct parser *p, struct question *s)
{
	if (!want_sign(p, "(") || !read_value(p, s))
		return false;
	while (is_sign(p, ","))
		if (!next(p) || !read_value(p, s))
			return false;
	return want_sign(p, ")");
}

static bool
read_operator(struct parser *p, enum question_operator *operator)
{
	static const char *const signs[] = { "=", "<", ">", "<=", ">=" };

	for (size_t i = 0; i < LENGTH(signs); i++)
		if (is_sign(p, signs[i])) {
			*operator=(enum question_operator) i;
			return next(p);
		}
	*operator= is_word(p, "in") ? QUESTION_IN : QUESTION_LIKE;
	if (is_word(p, "in") || is_word(p, "like"))
		return next(p);
	return unexpected(p, " one of:\n    \"<\" ...\n    \"<=\" ...\n    "
			     "\"=\" ...\n    \">\" ...\n    \">=\" ...\n    "
			     "\"in\" ...\n    \"like\" ...\n    ");
}

static bool
read_condition(struct parser *p, struct question *s)
{
	if (s->condition_count == QUESTION_CONDITIONS)
		return refuse_query(p->why, "QueryValidationError: too many "
					    "conditions");
	struct question_condition *c = &s->conditions[s->condition_count++];

	if (!want_name(p, &c->property) || !read_operator(p, &c->operator))
		return false;
	c->first_value = s->value_count;
	if (!(c->operator== QUESTION_IN ? read_list(p, s) : read_value(p, s)))
		return false;
	c->values = s->value_count - c->first_value;
	return true;
}

static bool
read_order(struct parser *p, struct question *s)
{
	struct slice more;

	if (!want_name(p, &s->order))
		return false;
	s->descending = is_word(p, "desc");
	if ((is_word(p, "desc") || is_word(p, "asc")) && !next(p))
		return false;
	/* further ones are read, and settle nothing: no two rows tie here */
	while (is_sign(p, ",")) {
		if (!next(p) || !want_name(p, &more))
			return false;
		if ((is_word(p, "desc") || is_word(p, "asc")) && !next(p))
			return false;
	}
	return true;
}

static bool
read_number(struct parser *p, int64_t *number)
{
	if (p->token != NUMBER || !json_integer(p->here, number))
		return unexpected(p, ":\n    <INTEGER> ...\n    ");
	return next(p);
}

/* MAXRESULTS 0 is too small; STARTPOSITION 0 counts as 1
 * (python-quickbooks#177). */
static bool
check_page(struct question *s, struct refusal *why)
{
	if (s->most > QUESTION_MOST)
		return refuse_query(why,
				    "QueryValidationError: value %" PRId64
				    " is too large. Max allowed value is %d",
				    s->most, QUESTION_MOST);
	if (s->most < 1)
		return refuse_query(why,
				    "QueryValidationError: value %" PRId64
				    " is too small. Min allowed value is 1",
				    s->most);
	if (s->start < 0)
		return refuse_query(why,
				    "QueryValidationError: value %" PRId64
				    " is too small. Min allowed value is 0",
				    s->start);
	if (s->start == 0)
		s->start = 1;
	return true;
}

static bool
read_tail(struct parser *p, struct question *s)
{
	for (;;) {
		bool ordered = is_word(p, "orderby");

		if (is_word(p, "order")) {
			if (!next(p) || !want_word(p, "by"))
				return false;
			if (!read_order(p, s))
				return false;
		} else if (ordered) {
			if (!next(p) || !read_order(p, s))
				return false;
		} else if (is_word(p, "startposition")) {
			if (!next(p) || !read_number(p, &s->start))
				return false;
		} else if (is_word(p, "maxresults")) {
			if (!next(p) || !read_number(p, &s->most))
				return false;
		} else {
			return p->token == END ||
			       unexpected(p, " one of:\n    <EOF> \n    "
					     "<AND> ...\n    "
					     "\"iterator\" ...\n    "
					     "\"maxresults\" ...\n    "
					     "<OR> ...\n    "
					     "\"order\" ...\n    "
					     "\"orderby\" ...\n    "
					     "\"startposition\" ...\n    ");
		}
	}
}

static bool
read_what(struct parser *p, struct question *s)
{
	if (!want_word(p, "select"))
		return false;
	if (is_word(p, "count")) {
		s->count = true;
		return next(p) && want_sign(p, "(") && want_sign(p, "*") &&
		       want_sign(p, ")");
	}
	return want_sign(p, "*");
}

static bool
read_where(struct parser *p, struct question *s)
{
	if (!is_word(p, "where"))
		return true;
	do
		if (!next(p) || !read_condition(p, s))
			return false;
	while (is_word(p, "and"));
	return true;
}

bool
question_read(struct question *s, struct slice text, struct refusal *why)
{
	struct parser p = { .start = text.at,
			    .at = text.at,
			    .end = text.at + text.len,
			    .why = why };

	*why = (struct refusal){ 0 };
	s->count = s->descending = false;
	s->condition_count = s->value_count = 0;
	s->order = (struct slice){ 0 };
	s->start = 1;
	s->most = 100;
	return next(&p) && read_what(&p, s) && want_word(&p, "from") &&
	       want_name(&p, &s->entity) && read_where(&p, s) &&
	       read_tail(&p, s) && check_page(s, why);
}
