#include "stream/fingerprint.h"
#include "base/digest.h"
#include "json/json.h"

/* Where and why each differs: QUIRKS.md, "Odd shapes". */
struct volatile_members {
	const char *entity; /* a name, or the beginning of names before ':' */
	const char *object; /* the members are in this member, or NULL */
	const char *names[2];
	bool made_up; /* only where the Id is not a number */
	bool time_of_answer;
};

static const struct volatile_members table[] = {
	{ "Attachable",
	  NULL,
	  { "TempDownloadUri", "ThumbnailTempDownloadUri" },
	  false,
	  false },
	{ "TaxCode", NULL, { "MetaData" }, true, true },
	{ "report", "Header", { "Time" }, false, true },
};

enum { MOST_PARTS = 8 };

/* What is left of a payload between the values that are left out. */
struct parts {
	const struct volatile_members *of;
	struct slice all[MOST_PARTS];
	size_t count;
	const char *at; /* the end of the last value that was left out */
	bool id_is_number;
	bool too_many;
};

static const struct volatile_members *
find_members(const struct entity *entity)
{
	for (size_t i = 0; entity && i < LENGTH(table); i++) {
		size_t len = strlen(table[i].entity);
		const char *name = entity->name;

		if (!strncmp(name, table[i].entity, len) &&
		    (!name[len] || name[len] == ':'))
			return &table[i];
	}
	return NULL;
}

static bool
is_named(const struct volatile_members *of, struct slice key)
{
	for (size_t i = 0; i < LENGTH(of->names); i++)
		if (of->names[i] && slice_is(key, of->names[i]))
			return true;
	return false;
}

static void
add_part(struct parts *p, const char *end)
{
	if (p->count == MOST_PARTS) {
		p->too_many = true;
		return;
	}
	p->all[p->count++] = (struct slice){ p->at, (size_t)(end - p->at) };
}

static bool
is_number(struct slice value)
{
	struct slice id;

	if (!json_plain_string(value, &id) || !id.len)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (id.at[i] < '0' || id.at[i] > '9')
			return false;
	return true;
}

/* The members of the object that was just entered. */
static void
leave_out(struct parts *p, struct json *j)
{
	struct slice key, value;

	while (json_key(j, &key) && json_value(j, &value)) {
		if (slice_is(key, "Id"))
			p->id_is_number = is_number(value);
		if (!is_named(p->of, key))
			continue;
		add_part(p, value.at);
		p->at = value.at + value.len;
	}
}

/* To the object that has the members; the others are passed. */
static void
find_and_leave_out(struct parts *p, struct json *j)
{
	struct slice key;

	if (!p->of->object) {
		leave_out(p, j);
		return;
	}
	while (json_key(j, &key))
		if (slice_is(key, p->of->object) && json_object(j))
			leave_out(p, j);
		else
			json_skip(j);
}

static bool
divide(struct parts *p, struct slice payload)
{
	struct failure why;
	struct json j;

	json_begin(&j, payload);
	if (!json_object(&j))
		return false;
	find_and_leave_out(p, &j);
	if (!json_end(&j, &why))
		return false;
	add_part(p, payload.at + payload.len);
	return !p->too_many && !(p->of->made_up && p->id_is_number);
}

int64_t
payload_fingerprint(const struct entity *entity, struct slice payload)
{
	struct parts p = { .of = find_members(entity), .at = payload.at };

	if (!p.of || !divide(&p, payload))
		return digest_fingerprint(payload);
	return digest_fingerprint_parts(p.all, p.count);
}

bool
payload_has_own_time(const struct entity *entity)
{
	const struct volatile_members *of = find_members(entity);

	return !of || !of->time_of_answer;
}
