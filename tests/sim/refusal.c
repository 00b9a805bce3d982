#include <stdarg.h>

#include "base/clock.h"
#include "pacific.h"
#include "pen.h"
#include "refusal.h"

static void PRINTF_LIKE(4, 0)
	set(struct refusal *r, const char *message, const char *code,
	    const char *fmt, va_list args)
{
	*r = (struct refusal){ .status = 400,
			       .message = message,
			       .code = code,
			       .type = "ValidationFault" };
	vsnprintf(r->detail, sizeof(r->detail), fmt, args);
}

bool
refuse_parse(struct refusal *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(r, "Error parsing query", "4000", fmt, args);
	va_end(args);
	return false;
}

bool
refuse_query(struct refusal *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(r, "Invalid query", "4001", fmt, args);
	va_end(args);
	return false;
}

bool
refuse_missing(struct refusal *r)
{
	*r = (struct refusal){
		.status = 400,
		.message = "Object Not Found",
		.code = "610",
		.element = "",
		.type = "ValidationFault",
		.detail = "Object Not Found : Something you're trying to use "
			  "has been made inactive. Check the fields with "
			  "accounts, customers, items, vendors or employees."
	};
	return false;
}

bool
refuse_id(struct refusal *r, struct slice id)
{
	*r = (struct refusal){ .status = 400,
			       .message = "Invalid ID",
			       .code = "2030",
			       .element = "Id",
			       .type = "ValidationFault" };
	snprintf(r->detail, sizeof(r->detail),
		 "Id should be a valid number. Supplied value:%.*s",
		 SLICE_SHOWN(id));
	return false;
}

bool
refuse_rights(struct refusal *r)
{
	*r = (struct refusal){
		.status = 400,
		.message = "Permission Denied Error",
		.code = "5020",
		.element = "",
		.type = "ValidationFault",
		.detail = "Permission Denied Error : You do not have the "
			  "access rights to use this feature."
	};
	return false;
}

bool
refuse_currency(struct refusal *r)
{
	*r = (struct refusal){
		.status = 400,
		.message = "A business validation error has occurred while "
			   "processing your request",
		.code = "6000",
		.element = "",
		.type = "ValidationFault",
		.detail = "Business Validation Error: Multi Currency should "
			  "be enabled to perform this operation"
	};
	return false;
}

bool
refuse_property(struct refusal *r, struct slice name)
{
	*r = (struct refusal){
		.status = 400,
		.message = "Request has invalid or unsupported property",
		.code = "2010",
		.element = "",
		.type = "ValidationFault"
	};
	snprintf(r->detail, sizeof(r->detail),
		 "Property Name:%.*s specified is unsupported or invalid",
		 SLICE_SHOWN(name));
	return false;
}

bool
refuse_operation(struct refusal *r, const char *path)
{
	*r = (struct refusal){ .status = 400,
			       .message = "Unsupported Operation",
			       .code = "500",
			       .type = "ValidationFault" };
	snprintf(r->detail, sizeof(r->detail),
		 "Operation Could not find resource for relative : %s of full "
		 "path: https://simulator%s is not supported.",
		 path, path);
	return false;
}

bool
refuse_cdc(struct refusal *r, const char *fmt, ...)
{
	char what[REFUSAL_DETAIL / 2];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	*r = (struct refusal){ .status = 400,
			       .message = "Unsupported Operation",
			       .code = "500",
			       .type = "ValidationFault" };
	snprintf(r->detail, sizeof(r->detail),
		 "Operation cdc %s is not supported.", what);
	return false;
}

void
refusal_write_time(struct buf *to, int64_t at_us)
{
	char text[PACIFIC_SPELLED];

	pacific_spell(at_us / CLOCK_SECOND, (int)(at_us % CLOCK_SECOND / 1000),
		      text);
	pen_text(to, text);
}

void
refusal_write_now(struct buf *to)
{
	refusal_write_time(to, clock_now_us());
}

void
refusal_write_xml_head(struct buf *to, int64_t at_us)
{
	pen_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\" "
		     "standalone=\"yes\"?><IntuitResponse "
		     "xmlns=\"http://schema.intuit.com/finance/v3\" time=\"");
	refusal_write_time(to, at_us);
	pen_text(to, "\">");
}

static void
write_xml(struct buf *to, const char *type, const char *code,
	  const char *message, const char *detail)
{
	refusal_write_xml_head(to, clock_now_us());
	pen_format(to, "<Fault type=\"%s\"><Error code=\"%s\"><Message>", type,
		   code);
	pen_xml(to, message);
	pen_text(to, "</Message>");
	if (detail) {
		pen_text(to, "<Detail>");
		pen_xml(to, detail);
		pen_text(to, "</Detail>");
	}
	pen_text(to, "</Error></Fault></IntuitResponse>");
}

void
refusal_write(struct buf *to, const struct refusal *r, bool json)
{
	if (!json) {
		write_xml(to, r->type, r->code, r->message, r->detail);
		return;
	}
	pen_format(to, "{\"Fault\":{\"Error\":[{\"Message\":\"%s\",\"Detail\":",
		   r->message);
	pen_string(to, slice_of(r->detail));
	pen_format(to, ",\"code\":\"%s\"", r->code);
	if (r->element)
		pen_format(to, ",\"element\":\"%s\"", r->element);
	pen_format(to, "}],\"type\":\"%s\"}", r->type);
	if (strcmp(r->code, "2030")) { /* recorded without one */
		pen_text(to, ",\"time\":\"");
		refusal_write_now(to);
		pen_text(to, "\"");
	}
	pen_text(to, "}");
}

void
refusal_write_gateway(struct buf *to, bool json, int status,
		      const char *message, const char *code, const char *detail,
		      const char *type)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "message=%s; errorCode=00%s; statusCode=%d", message, code,
		 status);
	if (!json) {
		write_xml(to, type, code, text, detail);
		return;
	}
	pen_format(to,
		   "{\"warnings\":null,\"intuitObject\":null,\"fault\":{"
		   "\"error\":[{\"message\":\"%s\",\"detail\":",
		   text);
	if (detail)
		pen_string(to, slice_of(detail));
	else
		pen_text(to, "null");
	pen_format(to,
		   ",\"code\":\"%s\",\"element\":null}],\"type\":\"%s\"},"
		   "\"report\":null,\"queryResponse\":null,"
		   "\"batchItemResponse\":[],\"attachableResponse\":[],"
		   "\"syncErrorResponse\":null,\"requestId\":null,"
		   "\"time\":%" PRId64 ",\"status\":null,\"cdcresponse\":[]}",
		   code, type, clock_now_us() / 1000);
}

void
refusal_write_cluster(struct buf *to)
{
	write_xml(to, "AuthenticationFault", "130", "Accessing Wrong Cluster",
		  "WrongClusterError: -11017-You have accessed the wrong "
		  "server.  You will now be redirected. , statusCode: 401");
}
