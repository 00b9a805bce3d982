/* OAuth 2 as Intuit's servers speak it: tokens, consent, discovery. */
#include "damage.h"
#include "pen.h"
#include "json/json.h"

#define JSON_TYPE "application/json;charset=UTF-8"
#define TOKEN_PATH "/oauth2/v1/tokens/bearer"
#define REVOKE_PATH "/v2/oauth2/tokens/revoke"
#define CONSENT_PATH "/connect/oauth2"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of `name` in a form body, decoded; "" when it is not there. */
static void
form_value(struct slice form, const char *name, struct buf *to)
{
	size_t len = strlen(name), at = 0;

	buf_clear(to);
	while (at < form.len &&
	       !(form.len - at > len && !memcmp(form.at + at, name, len) &&
		 form.at[at + len] == '=')) {
		const char *and = memchr(form.at + at, '&', form.len - at);

		at = and? (size_t)(and-form.at) + 1 : form.len;
	}
	for (at += len + 1; at < form.len && form.at[at] != '&'; at++) {
		char c = form.at[at] == '+' ? ' ' : form.at[at];

		if (c == '%' && at + 2 < form.len + 0 &&
		    hex(form.at[at + 1]) >= 0 && hex(form.at[at + 2]) >= 0) {
			c = (char)(hex(form.at[at + 1]) * 16 +
				   hex(form.at[at + 2]));
			at += 2;
		}
		pen_bytes(to, &c, 1);
	}
}

static void
encode_base64(const char *text, char *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
		"qrstuvwxyz0123456789+/";
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i += 3) {
		unsigned group = (unsigned)(unsigned char)text[i] << 16;

		if (i + 1 < len)
			group |= (unsigned)(unsigned char)text[i + 1] << 8;
		if (i + 2 < len)
			group |= (unsigned char)text[i + 2];
		*to++ = digits[group >> 18];
		*to++ = digits[group >> 12 & 63];
		*to++ = i + 1 < len ? digits[group >> 6 & 63] : '=';
		*to++ = i + 2 < len ? digits[group & 63] : '=';
	}
	*to = '\0';
}

static bool
knows_client(const struct request *r)
{
	char wanted[256] = "Basic ";

	encode_base64(SIM_CLIENT_ID ":" SIM_CLIENT_SECRET,
		      wanted + strlen(wanted));
	return r->authorization && !strcmp(r->authorization, wanted);
}

static void
refuse(struct answer *a, int status, const char *error, const char *more)
{
	a->status = status;
	pen_format(&a->body, "{%s\"error\":\"%s\"}", more, error);
}

static void
write_tokens(struct sim *s, const struct request *r, struct answer *a,
	     const struct oauth_access *access)
{
	pen_format(&a->body,
		   "{\"x_refresh_token_expires_in\":8726400,"
		   "\"refresh_token\":\"%s\",\"access_token\":\"%s\","
		   "\"token_type\":\"bearer\",\"expires_in\":%" PRId64,
		   oauth_newest(&s->oauth), access->token,
		   s->oauth.life_ms / 1000);
	if (r->hard_expiry)
		pen_text(&a->body,
			 ",\"x_refresh_token_hard_expires_in\":157680000");
	pen_text(&a->body, "}");
}

static bool
give(struct sim *s, const struct request *r, struct answer *a,
     const struct buf *type)
{
	const struct oauth_access *access = NULL;
	struct buf value, redirect, verifier;
	bool good = false;

	buf_init(&value, SIM_MOST_BODY);
	buf_init(&verifier, SIM_MOST_BODY);
	buf_init(&redirect, SIM_MOST_BODY);
	if (slice_is(buf_slice(type), "refresh_token")) {
		form_value(r->body, "refresh_token", &value);
		good = oauth_refresh(&s->oauth, buf_slice(&value), &access);
	} else {
		form_value(r->body, "code", &value);
		form_value(r->body, "redirect_uri", &redirect);
		form_value(r->body, "code_verifier", &verifier);
		good = oauth_exchange(&s->oauth, buf_slice(&value),
				      buf_slice(&redirect), verifier.at,
				      &access);
	}
	if (good)
		write_tokens(s, r, a, access);
	buf_free(&redirect);
	buf_free(&verifier);
	buf_free(&value);
	return good;
}

static void
answer_token(struct sim *s, const struct request *r, struct answer *a)
{
	struct buf type;

	a->kind = "token";
	buf_init(&type, SIM_MOST_BODY);
	form_value(r->body, "grant_type", &type);
	pthread_mutex_lock(&s->lock);
	script_judge(&s->script, &(struct script_request){ .token = true },
		     &a->verdict);
	pthread_mutex_unlock(&s->lock);
	usleep((useconds_t)((s->latency_ms + a->verdict.wait_ms) * 1000));
	pthread_mutex_lock(&s->lock);
	if (a->verdict.status)
		damage_status(a, true);
	else if (!knows_client(r))
		refuse(a, 401, "invalid_client", "");
	else if (!slice_is(buf_slice(&type), "refresh_token") &&
		 !slice_is(buf_slice(&type), "authorization_code"))
		refuse(a, 400, "unsupported_grant_type", "");
	else if (!give(s, r, a, &type))
		refuse(a, 400, "invalid_grant",
		       "\"error_description\":\"Token invalid\",");
	else
		damage_body(a);
	pthread_mutex_unlock(&s->lock);
	buf_free(&type);
}

static void
answer_revoke(struct sim *s, const struct request *r, struct answer *a)
{
	struct slice key, value, token = { 0 };
	struct failure why;
	struct json j;

	a->kind = "revoke";
	json_begin(&j, r->body);
	if (json_object(&j))
		while (json_key(&j, &key))
			if (json_value(&j, &value) && slice_is(key, "token") &&
			    !json_plain_string(value, &token))
				token = (struct slice){ 0 };
	pthread_mutex_lock(&s->lock);
	if (!knows_client(r))
		refuse(a, 401, "invalid_client", "");
	else if (!json_end(&j, &why) || !token.at)
		refuse(a, 400, "invalid_request", "");
	else if (!oauth_revoke(&s->oauth, token))
		refuse(a, 400, "invalid_grant", "");
	pthread_mutex_unlock(&s->lock);
}

static void
answer_discovery(const struct sim *s, struct answer *a)
{
	a->kind = "discovery";
	pen_format(
		&a->body,
		"{\"issuer\":\"%s/op/v1\",\"authorization_endpoint\":"
		"\"%s" CONSENT_PATH "\",\"token_endpoint\":\"%s" TOKEN_PATH
		"\",\"userinfo_endpoint\":\"%s/v1/openid_connect/userinfo\","
		"\"revocation_endpoint\":\"%s" REVOKE_PATH
		"\",\"jwks_uri\":\"%s/op/v1/jwks\","
		"\"response_types_supported\":[\"code\"],"
		"\"subject_types_supported\":[\"public\"],"
		"\"id_token_signing_alg_values_supported\":[\"RS256\"],"
		"\"scopes_supported\":[\"com.intuit.quickbooks.accounting\"],"
		"\"token_endpoint_auth_methods_supported\":"
		"[\"client_secret_post\",\"client_secret_basic\"]",
		s->url, s->url, s->url, s->url, s->url, s->url);
	if (s->pkce)
		pen_text(&a->body, ",\"code_challenge_methods_supported\":"
				   "[\"plain\",\"S256\"]");
	pen_text(&a->body, "}");
}

/* State goes back as it came; what a URL does not bear is encoded again. */
static void
encode(const char *text, char *to, size_t room)
{
	size_t used = 0;

	for (; *text && used + 4 < room; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') || strchr("-._~", c) ||
			     ((c | 32) >= 'a' && (c | 32) <= 'z');

		used += (size_t)snprintf(to + used, room - used,
					 plain ? "%c" : "%%%02X", c);
	}
	to[used] = '\0';
}

static void
answer_consent(struct sim *s, const struct request *r, struct answer *a)
{
	const char *id = request_argument(r, "client_id");
	const char *type = request_argument(r, "response_type");
	const char *scope = request_argument(r, "scope");
	const char *redirect = request_argument(r, "redirect_uri");
	const char *state = request_argument(r, "state");
	const char *challenge = request_argument(r, "code_challenge");
	const char *method = request_argument(r, "code_challenge_method");
	char kept[512];

	a->kind = "consent";
	a->type = "text/html";
	if (!id || strcmp(id, SIM_CLIENT_ID) || !type || strcmp(type, "code") ||
	    !scope || !redirect || !state ||
	    (s->pkce && (!challenge || !method || strcmp(method, "S256")))) {
		a->status = 400;
		pen_text(&a->body, "<html><body>Sorry, but undefined didn't "
				   "connect</body></html>\n");
		return;
	}
	encode(state, kept, sizeof(kept));
	a->status = 302;
	pthread_mutex_lock(&s->lock);
	/* the app has the scope of accounting, and no other one */
	bool lacks_scope = strcmp(scope, "com.intuit.quickbooks.accounting");
	if (lacks_scope || s->denies)
		snprintf(a->location, sizeof(a->location),
			 "%s%cerror=%s&state=%s", redirect,
			 strchr(redirect, '?') ? '&' : '?',
			 lacks_scope ? "invalid_scope" : "access_denied", kept);
	else
		snprintf(a->location, sizeof(a->location),
			 "%s%ccode=%s&state=%s&realmId=%s", redirect,
			 strchr(redirect, '?') ? '&' : '?',
			 oauth_authorize(&s->oauth, redirect,
					 s->pkce ? challenge : ""),
			 kept, s->world.realm);
	pthread_mutex_unlock(&s->lock);
}

void
signin_answer(struct sim *s, const struct request *r, struct answer *a)
{
	bool post = !strcmp(r->method, "POST");

	a->type = JSON_TYPE;
	a->kind = "unknown";
	if (post && !strcmp(r->path, TOKEN_PATH))
		answer_token(s, r, a);
	else if (post && !strcmp(r->path, REVOKE_PATH))
		answer_revoke(s, r, a);
	else if (!strcmp(r->path, "/.well-known/openid_configuration") ||
		 !strcmp(r->path, "/.well-known/openid_sandbox_configuration"))
		answer_discovery(s, a);
	else if (!post && !strcmp(r->path, CONSENT_PATH))
		answer_consent(s, r, a);
	else
		refuse(a, 404, "not_found", "");
}
