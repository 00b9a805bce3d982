#include "auth/expiry.h"
#include "base/clock.h"

static int64_t
days_until(int64_t end_us, int64_t now_us)
{
	if (!end_us)
		return -1;
	return end_us > now_us ? (end_us - now_us) / CLOCK_DAY : 0;
}

static bool
is_over(int64_t end_us, int64_t now_us)
{
	return end_us && end_us <= now_us;
}

struct expiry
expiry_of(const struct tokens *t, int64_t now_us, int64_t days)
{
	struct expiry e = { .state = EXPIRY_OVER };

	if (!t)
		return e;
	e.idle_days = days_until(t->refresh_ends_us, now_us);
	e.login_days = days_until(t->login_ends_us, now_us);
	if (is_over(t->refresh_ends_us, now_us) ||
	    is_over(t->login_ends_us, now_us))
		return e;
	e.state = EXPIRY_GOOD;
	if ((e.idle_days >= 0 && e.idle_days < days) ||
	    (e.login_days >= 0 && e.login_days < days))
		e.state = EXPIRY_SOON;
	return e;
}

static bool
write_end(struct buf *to, const char *what, int64_t days, int64_t end_us,
	  const char *unless, struct failure *why)
{
	char text[CLOCK_TEXT];

	if (days < 0)
		return buf_printf(to, why, "%s: not known\n", what);
	clock_format(end_us, text);
	return buf_printf(to, why, "%s: %" PRId64 " %s left, until %s%s\n",
			  what, days, days == 1 ? "day" : "days", text, unless);
}

bool
expiry_write_text(const struct expiry *e, const struct tokens *t,
		  const char *env, const char *realm, const char *where,
		  struct buf *to, struct failure *why)
{
	if (!buf_printf(to, why, "company: %s (%s)\nlogin: %s\n", realm, env,
			where))
		return false;
	if (!t)
		return buf_printf(to, why, "none\n");
	return write_end(to, "refresh token", e->idle_days, t->refresh_ends_us,
			 ", and longer when it is used", why) &&
	       write_end(to, "consent", e->login_days, t->login_ends_us,
			 ", however it is used", why);
}

static bool
write_time(struct buf *to, const char *name, int64_t at_us, struct failure *why)
{
	char text[CLOCK_TEXT];

	if (!at_us)
		return buf_printf(to, why, ",\"%s\":null", name);
	clock_format(at_us, text);
	return buf_printf(to, why, ",\"%s\":\"%s\"", name, text);
}

static bool
write_days(struct buf *to, const char *name, int64_t days, struct failure *why)
{
	if (days < 0)
		return buf_printf(to, why, ",\"%s\":null", name);
	return buf_printf(to, why, ",\"%s\":%" PRId64, name, days);
}

bool
expiry_write_json(const struct expiry *e, const struct tokens *t,
		  const char *env, const char *realm, const char *where,
		  struct buf *to, struct failure *why)
{
	static const char *const states[] = { "good", "ending", "gone" };
	struct tokens none = { 0 };

	if (!t)
		t = &none;
	return buf_printf(to, why, "{\"env\":\"%s\",\"realm\":\"%s\"", env,
			  realm) &&
	       buf_printf(to, why, ",\"where\":") &&
	       json_quote(slice_of(where), to, why) &&
	       buf_printf(to, why, ",\"state\":\"%s\"", states[e->state]) &&
	       write_days(to, "idle_days", e->idle_days, why) &&
	       write_days(to, "login_days", e->login_days, why) &&
	       write_time(to, "access_token_ends", t->access_ends_us, why) &&
	       write_time(to, "refresh_token_ends", t->refresh_ends_us, why) &&
	       write_time(to, "login_ends", t->login_ends_us, why) &&
	       write_time(to, "refresh_token_replaced", t->replaced_us, why);
}
