/*
 * Any bytes as a response of the log of changes: what is accepted is JSON, its
 * slices lie in it, and each payload is an object of its own.
 */
#include "fuzz.h"
#include "quickbooks/change_response.h"

static void
lies_in(struct slice part, struct slice text)
{
	promise(!part.at || (part.at >= text.at &&
			     part.at + part.len <= text.at + text.len));
}

static void
try_object(const struct change_object *object, struct slice text)
{
	const struct response_row *row = &object->row;
	struct failure why;

	promise(object->entity && row->id.len && row->payload.len);
	lies_in(row->payload, text);
	lies_in(row->id, row->payload);
	lies_in(row->updated, row->payload);
	lies_in(row->status, row->payload);
	promise(row->payload.at[0] == '{' && json_check(row->payload, &why));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = fuzz_copy(data, size);
	const struct entity *const asked[] = {
		entity_find(SLICE("Bill")),
		entity_find(SLICE("CreditCardPayment")),
	};
	struct failure why = { 0 };
	struct change_response r;

	change_response_init(&r);
	if (change_response_parse(&r, text, asked, LENGTH(asked), &why)) {
		promise(json_check(text, &why));
		lies_in(r.time, text);
		for (size_t i = 0; i < r.count; i++)
			try_object(&r.objects[i], text);
	} else {
		promise(why.kind == FAILURE_DATA && *why.text);
	}
	change_response_free(&r);
	fuzz_free(text);
	return 0;
}
