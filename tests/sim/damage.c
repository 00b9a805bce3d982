#include "damage.h"
#include "base/gzip.h"
#include "pen.h"
#include "refusal.h"

static const struct {
	const char *code, *type, *message, *detail;
} faults[] = {
	{ "120", "AuthorizatonFault", "Authorization Failure",
	  "AuthorizationFailure: You do not have access to this company" },
	{ "3001", "SERVICE",
	  "message=ThrottleExceeded; errorCode=003001; statusCode=429",
	  "The request limit was reached.  Try again later" },
	{ "4002", "ValidationFault", "Error processing query",
	  "QueryProcessingError: To email address entered is invalid" },
	{ "610", "ValidationFault", "Object Not Found", "Object Not Found" },
	{ "6002", "SystemFault", "Gateway Timeout", "GatewayTimeout" },
	{ "6190", "ValidationFault", "Invalid Company Status",
	  "Subscription period has ended or canceled or there was a billing "
	  "problem" },
	{ "7001", "ValidationFault", "Company subscription lapsed",
	  "The company's subscription has lapsed" },
	{ "10000", "SystemFault",
	  "An application error has occurred while processing your request",
	  "System Failure Error" },
};

static void
write_fault(struct buf *to, const char *code, int status, bool json)
{
	struct refusal r = { .status = status,
			     .message = "Business Validation Error",
			     .type = "ValidationFault",
			     .code = *code ? code : "10000" };

	for (size_t i = 0; i < LENGTH(faults); i++)
		if (!strcmp(faults[i].code, r.code)) {
			r.message = faults[i].message;
			r.type = faults[i].type;
			snprintf(r.detail, sizeof(r.detail), "%s",
				 faults[i].detail);
		}
	refusal_write(to, &r, json);
}

/* The web server before QuickBooks: it knows nothing of the API. */
static void
write_page(struct answer *a, int status)
{
	a->intuit = false;
	if (status == 302)
		snprintf(a->location, sizeof(a->location), "/NotFound");
	if (status == 403)
		pen_text(&a->body, "<html>\r\n<head><title>403 Forbidden"
				   "</title></head>\r\n<body>\r\n<center><h1>"
				   "403 Forbidden</h1></center>\r\n<hr><center>"
				   "nginx</center>\r\n</body>\r\n</html>\r\n");
	else
		pen_format(
			&a->body,
			"<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">"
			"\n<html><head>\n<title>%d %s</title>\n</head><body>"
			"\n<h1>%s</h1>\n</body></html>\n",
			status, status == 404 ? "Not Found" : "Found",
			status == 404 ? "Not Found" : "Found");
}

static void
write_html(struct answer *a, int status)
{
	buf_clear(&a->body);
	a->type = "text/html";
	if (status == 302 || status == 403 || status == 404)
		write_page(a, status);
	else if (status == 503 || status == 200)
		pen_text(&a->body,
			 "<html><head><title>We'll be back soon</title></head>"
			 "<body><h1>We'll be back soon</h1></body></html>\n");
	else
		pen_format(&a->body,
			   "<html>\r\n<head><title>%d Bad Gateway</title>"
			   "</head>\r\n<body>\r\n<center><h1>%d Bad Gateway"
			   "</h1></center>\r\n<hr><center>nginx</center>\r\n"
			   "</body>\r\n</html>\r\n",
			   status, status);
}

/* As each status was seen to come: QUIRKS.md, "Faults". */
static const char *
usual_body(int64_t status)
{
	switch (status) {
	case 429:
	case 504:
		return "xml";
	case 502:
	case 503:
		return "html";
	default:
		return "json";
	}
}

static const char *
usual_code(int64_t status)
{
	return status == 429 ? "3001" : status == 504 ? "6002" : "10000";
}

void
damage_status(struct answer *a, bool json)
{
	const struct script_verdict *v = &a->verdict;
	const char *body = v->body[0] ? v->body : usual_body(v->status);
	bool as_json = json && strcmp(body, "xml") != 0;

	buf_clear(&a->body);
	a->status = (int)v->status; /* three digits */
	a->retry_after = v->retry_after;
	a->type =
		as_json ? "application/json;charset=utf-8" : "application/xml";
	if (!strcmp(body, "empty"))
		return;
	if (!strcmp(body, "html")) {
		write_html(a, a->status);
	} else if (v->status == 401 && !v->code[0]) {
		a->wants_login = true;
		refusal_write_gateway(&a->body, as_json, 401,
				      "AuthenticationFailed", "3200",
				      "Token expired", "AUTHENTICATION");
	} else if (v->status == 401 && !strcmp(v->code, "130")) {
		a->type = "application/xml";
		refusal_write_cluster(&a->body);
	} else if (v->status == 403 && !v->code[0]) {
		refusal_write_gateway(&a->body, as_json, 403,
				      "ApplicationAuthorizationFailed", "3100",
				      NULL, "SERVICE");
	} else {
		write_fault(&a->body,
			    v->code[0] ? v->code : usual_code(v->status),
			    a->status, as_json);
	}
}

/* The first comma between two rows past the middle becomes a space. */
static void
drop_comma(struct buf *body)
{
	for (size_t i = body->len / 2; i + 2 < body->len; i++)
		if (!memcmp(body->at + i, "},{", 3)) {
			body->at[i + 1] = ' ';
			return;
		}
	char *any = memchr(body->at, ',', body->len);
	if (any)
		*any = ' ';
}

enum { BOMB_PARTS = 256, BOMB_PART = 1024 * 1024 };

static void
compress(struct buf *body, bool bomb)
{
	struct failure why;
	struct gzip_out gzip;
	struct buf packed;
	bool good;

	buf_init(&packed, SIM_MOST_BODY);
	gzip_out_init(&gzip, bomb ? 6 : 1);
	good = gzip_deflate(&gzip, buf_slice(body), &packed, &why);
	if (bomb) {
		char *spaces = base_realloc(NULL, BOMB_PART);

		memset(spaces, ' ', BOMB_PART);
		for (int i = 0; good && i < BOMB_PARTS; i++)
			good = gzip_deflate(&gzip,
					    (struct slice){ spaces, BOMB_PART },
					    &packed, &why);
		free(spaces);
	}
	if (!good || !gzip_out_end(&gzip, &packed, &why))
		BUG("a body that gzip does not take");
	gzip_out_free(&gzip);
	buf_free(body);
	*body = packed;
}

static void
shorten(struct buf *body, size_t len)
{
	body->len = len;
}

static void
damage_gzip(struct answer *a)
{
	enum script_damage damage = a->verdict.damage;

	a->gzip = a->gzip || damage >= SCRIPT_GZIP_CUT;
	if (!a->gzip || damage == SCRIPT_GZIP_NOT)
		return;
	compress(&a->body, damage == SCRIPT_GZIP_BOMB);
	if (damage == SCRIPT_GZIP_CUT)
		shorten(&a->body, a->body.len - a->body.len / 3 - 1);
	if (damage == SCRIPT_GZIP_CRC)
		a->body.at[a->body.len - 8] ^= 1;
	if (damage == SCRIPT_GZIP_GARBAGE)
		pen_text(&a->body, "garbage");
}

void
damage_body(struct answer *a)
{
	switch (a->verdict.damage) {
	case SCRIPT_HTML:
		write_html(a, 200);
		break;
	case SCRIPT_EMPTY:
		buf_clear(&a->body);
		break;
	case SCRIPT_FAULT:
		buf_clear(&a->body);
		write_fault(&a->body, a->verdict.code, 200, true);
		break;
	case SCRIPT_CUT_JSON:
		shorten(&a->body, a->body.len * 2 / 3);
		break;
	case SCRIPT_NO_COMMA:
		drop_comma(&a->body);
		break;
	default:
		break;
	}
	if (a->body.len)
		damage_gzip(a);
}
