/* covers: url_escape */
#include "http/url_escape.h"
#include "tap.h"

int
main(void)
{
	struct buf escaped;
	struct failure why;

	buf_init(&escaped, 32);
	ok(http_url_escape(&escaped, SLICE("a b'+&\xc3\xa9~"), &why) &&
		   !strcmp(escaped.at, "a%20b%27%2B%26%C3%A9~"),
	   "what stands in a URL is escaped");
	buf_clear(&escaped);
	ok(http_url_escape(&escaped, SLICE("\0-_."), &why) &&
		   !strcmp(escaped.at, "%00-_."),
	   "a NUL, too");
	ok(!http_url_escape(&escaped, SLICE("'''''''''''''"), &why),
	   "what is too long is not");
	buf_free(&escaped);
	return tap_done();
}
