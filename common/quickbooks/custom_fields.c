#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/custom_fields.h"

enum {
	MOST_BASIC = 3,
	ENOUGH_ROWS = 50,
	DAYS = 180,
	APART = 36,
	DATE_LENGTH = 10
};

static const char by_log[] = "log";

/* Those that can have such fields: QUIRKS.md, "Custom fields". */
static const char *const can_have[CUSTOM_FIELDS_ENTITIES] = {
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

/* Its place in can_have, or -1. */
static int
place_of(const struct entity *entity)
{
	for (int i = 0; i < CUSTOM_FIELDS_ENTITIES; i++)
		if (!strcmp(can_have[i], entity->name))
			return i;
	return -1;
}

/* The day of its line that says none, or NULL. */
static const char *
day_of(const char *names, const struct entity *entity)
{
	char line[80];
	int len = snprintf(line, sizeof(line), "\n%s none ", entity->name);
	const char *at = strstr(names, line);

	return at && strlen(at + len) > DATE_LENGTH ? at + len : NULL;
}

bool
custom_fields_unknown(const struct custom_fields *c,
		      const struct entity *entity)
{
	char from[CLOCK_TEXT], to[CLOCK_TEXT];
	int64_t now_us = clock_now_us();
	int place = place_of(entity);

	if (place < 0 || is_noted(c, entity->name))
		return false;
	const char *day = day_of(c->names, entity);

	/* not all of them in the same month */
	clock_format(now_us - (DAYS + APART * place) * CLOCK_DAY, from);
	clock_format(now_us, to);
	return !day || strncmp(day, from, DATE_LENGTH) < 0 ||
	       strncmp(day, to, DATE_LENGTH) > 0;
}

bool
custom_fields_known(const struct custom_fields *c)
{
	for (const char *line = c->names + 1; *line;) {
		size_t len = strcspn(line, "\n");

		if (!memchr(line, ' ', len) &&
		    !slice_is((struct slice){ line, len }, by_log))
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

bool
custom_fields_expected(const struct custom_fields *c,
		       const struct entity *entity)
{
	return is_noted(c, entity->name) ||
	       (custom_fields_known(c) && place_of(entity) >= 0);
}

static void
trouble(const struct custom_fields *c, const char *why)
{
	log_warn("%s: %s: custom fields of changed rows may be missing",
		 c->file, why);
}

static int
open_note(const struct custom_fields *c, int how)
{
	return openat(c->folder, c->file,
		      how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

/* Its text, after a '\n'; false: errno. */
static bool
read_note(int fd, char names[CUSTOM_FIELDS_TEXT])
{
	ssize_t len = read(fd, names + 1, CUSTOM_FIELDS_TEXT - 2);

	names[0] = '\n';
	names[len < 0 ? 1 : len + 1] = '\0';
	return len >= 0;
}

void
custom_fields_open(struct custom_fields *c, int folder, const char *env,
		   const char *realm)
{
	struct stat st;

	*c = (struct custom_fields){ .folder = folder, .names = "\n" };
	snprintf(c->file, sizeof(c->file), "%s-%s.fields", env, realm);
	int fd = open_note(c, O_RDONLY);
	if (fd < 0) {
		if (errno != ENOENT)
			trouble(c, strerror(errno));
		return;
	}
	bool regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (!regular || !read_note(fd, c->names))
		trouble(c, regular ? strerror(errno) : "not a regular file");
	close(fd);
}

/* One write: lines of several processes do not mix. */
static void
append(struct custom_fields *c, const char *text)
{
	size_t used = strlen(c->names);
	char line[80];

	int len = snprintf(line, sizeof(line), "%s%s\n",
			   c->names[used - 1] == '\n' ? "" : "\n", text);
	if ((size_t)len >= sizeof(line) ||
	    used + (size_t)len >= sizeof(c->names))
		return;
	memcpy(c->names + used, line, (size_t)len + 1);
	int fd = open_note(c, O_WRONLY | O_APPEND | O_CREAT);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		trouble(c, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void
note(struct custom_fields *c, const char *name)
{
	if (!is_noted(c, name))
		append(c, name);
}

/* In its place: a file that only grows would be full some day.  Other processes
 * append, and none removes a line. */
static void
renew(struct custom_fields *c, const struct entity *entity, const char *today)
{
	char names[CUSTOM_FIELDS_TEXT];

	memcpy(c->names + (day_of(c->names, entity) - c->names), today,
	       DATE_LENGTH);
	int fd = open_note(c, O_RDWR);
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0 || !read_note(fd, names)) {
		trouble(c, strerror(errno));
	} else {
		const char *day = day_of(names, entity);

		if (day && pwrite(fd, today, DATE_LENGTH, day - names - 1) < 0)
			trouble(c, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
}

void
custom_fields_note_none(struct custom_fields *c, const struct entity *entity)
{
	char today[CLOCK_TEXT], line[80];

	if (!custom_fields_unknown(c, entity))
		return;
	clock_format(clock_now_us(), today);
	today[DATE_LENGTH] = '\0';
	if (day_of(c->names, entity)) {
		renew(c, entity, today);
		return;
	}
	snprintf(line, sizeof(line), "%s none %s", entity->name, today);
	append(c, line);
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
	int place = place_of(call->entity);
	if (place < 0)
		return;
	c->seen[place] += r->row_count;
	if (c->seen[place] >= ENOUGH_ROWS)
		custom_fields_note_none(c, call->entity);
}

bool
custom_fields_lack(const struct custom_fields *c, const struct entity *entity,
		   const struct response_row *row, bool included)
{
	if (has_more(row->custom_fields) || (included && is_noted(c, by_log)))
		return false;
	if (is_noted(c, entity->name) || custom_fields_unknown(c, entity))
		return true;
	/* the first one of another entity may be new */
	return row->custom_fields.at && custom_fields_known(c);
}
