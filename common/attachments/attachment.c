#include "attachments/attachment.h"
#include "base/clock.h"

enum { LONGEST_TEXT = 64 * 1024 };

static const char *const names[] = {
	[ATTACHMENT_ID] = "Id",
	[ATTACHMENT_NAME] = "FileName",
	[ATTACHMENT_TYPE] = "ContentType",
	[ATTACHMENT_LINK] = "TempDownloadUri",
};

void
attachment_init(struct attachment *a)
{
	*a = (struct attachment){ 0 };
	for (size_t i = 0; i < ATTACHMENT_TEXTS; i++)
		buf_init(&a->rooms[i], LONGEST_TEXT);
}

void
attachment_free(struct attachment *a)
{
	for (size_t i = 0; i < ATTACHMENT_TEXTS; i++)
		buf_free(&a->rooms[i]);
}

/* Half a surrogate pair has no UTF-8: then the text stays as it is written. */
static void
take_text(struct attachment *a, size_t i, struct slice value)
{
	struct failure no_text;

	if (json_text(value, &a->rooms[i], &a->text[i], &no_text))
		return;
	a->text[i] = (struct slice){ 0 };
	if (*value.at == '"')
		a->text[i] = (struct slice){ value.at + 1, value.len - 2 };
}

static void
take_updated(struct attachment *a, struct json *j)
{
	struct slice key, value, text;

	while (json_key(j, &key) && json_value(j, &value))
		if (slice_is(key, "LastUpdatedTime") &&
		    json_plain_string(value, &text) &&
		    !clock_parse(text, &a->updated_us))
			a->updated_us = INT64_MIN;
}

static void
take_member(struct attachment *a, struct slice key, struct slice value)
{
	for (size_t i = 0; i < ATTACHMENT_TEXTS; i++)
		if (slice_is(key, names[i]))
			take_text(a, i, value);
	if (slice_is(key, "Size") &&
	    (!json_integer(value, &a->size) || a->size < 0))
		a->size = -1;
}

bool
attachment_read(struct attachment *a, struct slice payload, struct failure *why)
{
	struct slice key, value;
	struct json j;

	memset(a->text, 0, sizeof(a->text));
	a->size = -1;
	a->updated_us = INT64_MIN;
	json_begin(&j, payload);
	if (!json_object(&j))
		return fail(why, FAILURE_DATA, "the payload is not an object");
	while (json_key(&j, &key))
		if (slice_is(key, "MetaData") && json_object(&j))
			take_updated(a, &j);
		else if (json_value(&j, &value))
			take_member(a, key, value);
	return json_end(&j, why);
}

bool
attachment_has_file(const struct attachment *a)
{
	return a->text[ATTACHMENT_NAME].len > 0;
}
