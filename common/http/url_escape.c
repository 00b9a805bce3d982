#include "http/url_escape.h"

bool
http_url_escape(struct buf *to, struct slice text, struct failure *why)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_.~";

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool added = c && strchr(plain, c)
				     ? buf_add(to, &c, 1, why)
				     : buf_printf(to, why, "%%%02X",
						  (unsigned char)c);

		if (!added)
			return false;
	}
	return true;
}
