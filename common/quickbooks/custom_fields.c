#include <fcntl.h>
#include <sys/stat.h>

#include "base/log.h"
#include "quickbooks/custom_fields.h"

enum { MOST_BASIC = 3 };

static const char by_log[] = "log";

/* Those that can have such fields: QUIRKS.md, "Custom fields". */
static const char *const can_have[] = {
	"Bill",     "CreditMemo",    "Customer",      "Estimate",     "Invoice",
	"Purchase", "PurchaseOrder", "RefundReceipt", "SalesReceipt", "Vendor",
};

/* --- a row -----------------------------------------------------------------
 */

/* The basic ones are text, and have the DefinitionIds 1 to 3. */
static bool
is_basic(struct slice key, struct slice value)
{
	struct slice id;

	if (!slice_is(key, "DefinitionId"))
		return slice_is(key, "Name") || slice_is(key, "Type") ||
		       slice_is(key, "StringValue");
	return json_plain_string(value, &id) && id.len == 1 && *id.at >= '1' &&
	       *id.at <= '3';
}

/* Has it fields that come only with the include? */
static bool
has_more(struct slice array)
{
	struct slice key, value;
	struct json j;
	int count = 0;

	if (!array.at)
		return false;
	json_begin(&j, array);
	if (!json_array(&j))
		return false;
	while (json_element(&j)) {
		if (++count > MOST_BASIC)
			return true;
		if (!json_object(&j)) {
			json_skip(&j);
			continue;
		}
		while (json_key(&j, &key) && json_value(&j, &value))
			if (!is_basic(key, value))
				return true;
	}
	return false;
}

/* --- the note --------------------------------------------------------------
 */

static bool
is_noted(const struct custom_fields *c, const char *name)
{
	char line[80];

	snprintf(line, sizeof(line), "\n%s\n", name);
	return strstr(c->names, line);
}

static bool
is_able(const struct entity *entity)
{
	for (size_t i = 0; i < LENGTH(can_have); i++)
		if (!strcmp(can_have[i], entity->name))
			return true;
	return false;
}

bool
custom_fields_known(const struct custom_fields *c)
{
	return c->names[1];
}

bool
custom_fields_expected(const struct custom_fields *c,
		       const struct entity *entity)
{
	return is_noted(c, entity->name) ||
	       (custom_fields_known(c) && is_able(entity));
}

static void
trouble(const struct custom_fields *c, const char *why)
{
	log_warn("%s: %s: custom fields of changed rows may be missing",
		 c->file, why);
}

void
custom_fields_open(struct custom_fields *c, int folder, const char *env,
		   const char *realm)
{
	struct stat st;

	*c = (struct custom_fields){ .folder = folder, .names = "\n" };
	snprintf(c->file, sizeof(c->file), "%s-%s.fields", env, realm);
	int fd = openat(folder, c->file,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			trouble(c, strerror(errno));
		return;
	}
	bool regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	ssize_t len =
		regular ? read(fd, c->names + 1, sizeof(c->names) - 2) : -1;
	if (len < 0)
		trouble(c, regular ? strerror(errno) : "not a regular file");
	c->names[len < 0 ? 1 : len + 1] = '\0';
	close(fd);
}

/* One write: lines of several processes do not mix. */
static void
note(struct custom_fields *c, const char *name)
{
	size_t used = strlen(c->names);
	char line[80];

	if (is_noted(c, name))
		return;
	int len = snprintf(line, sizeof(line), "%s\n", name);
	if ((size_t)len >= sizeof(line) ||
	    used + (size_t)len >= sizeof(c->names))
		return;
	memcpy(c->names + used, line, (size_t)len + 1);
	int fd = openat(c->folder, c->file,
			O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW |
				O_NONBLOCK | O_CLOEXEC,
			0600);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		trouble(c, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void
note_changes(struct custom_fields *c, const struct change_response *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		if (has_more(changes->objects[i].row.custom_fields)) {
			note(c, changes->objects[i].entity->name);
			note(c, by_log);
			return;
		}
}

void
custom_fields_note(struct custom_fields *c, const struct qbo_call *call)
{
	const struct query_response *r = &call->response;

	if (call->changed) {
		if (!is_noted(c, by_log))
			note_changes(c, &call->changes);
		return;
	}
	if (call->count || is_noted(c, call->entity->name))
		return;
	for (size_t i = 0; i < r->row_count; i++)
		if (has_more(r->rows[i].custom_fields)) {
			note(c, call->entity->name);
			return;
		}
}

bool
custom_fields_lack(const struct custom_fields *c, const struct entity *entity,
		   const struct response_row *row)
{
	bool company = c->names[1] && !is_noted(c, by_log);

	if (!company || has_more(row->custom_fields))
		return false;
	/* the first one of another entity may be new */
	return row->custom_fields.at || is_noted(c, entity->name);
}
