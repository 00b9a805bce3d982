#include "attachments/wanted_stream.h"

static bool
is_attachable(const struct stream *in)
{
	return !strcmp(in->window.entity->name, "Attachable");
}

static bool
take_row(struct wanted *to, struct attachment *a, const struct stream *in,
	 struct failure *why)
{
	return (attachment_read(a, in->now.value[MEMBER_PAYLOAD], why) &&
		wanted_add(to, a, why)) ||
	       fail_in(why, "line %" PRId64, in->line);
}

static bool
check_realm(const struct stream *in, const char *realm, struct failure *why)
{
	return slice_is(in->seal.realm, realm) ||
	       fail(why, FAILURE_REFUSED,
		    "line %" PRId64 ": the window is of the company %.*s, and "
		    "QBO_REALM_ID is %s",
		    in->line, SLICE_SHOWN(in->seal.realm), realm);
}

bool
wanted_read_stream(struct wanted *to, struct stream *in, const char *realm,
		   struct failure *why)
{
	size_t sealed = to->count;
	struct attachment a;
	enum stream_got got;
	bool done = true;

	attachment_init(&a);
	while (done && (got = stream_next(in, why)) > STREAM_DONE) {
		if (got == STREAM_END || !is_attachable(in))
			continue;
		if (got == STREAM_ROW)
			done = take_row(to, &a, in, why);
		else if (got == STREAM_SEAL) {
			done = check_realm(in, realm, why);
			if (done)
				sealed = to->count;
		}
	}
	wanted_truncate(to, sealed);
	attachment_free(&a);
	return done && !why->kind;
}
