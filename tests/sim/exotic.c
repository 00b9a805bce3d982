/* JSON that is valid, odd, and has to arrive byte for byte. */
#include "body.h"
#include "pen.h"

static const char *const oddities[] = {
	"\"all escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\u00E9\"",
	"\"pairs \\ud83d\\ude00 \\uD83D\\uDE00 and 😀 itself\"",
	"\"escaped keys of itself: \\\"Id\\\":\\\"7\\\",\\\"MetaData\\\"\"",
	"\"controls \\u0001\\u001f\\u007f and \x7f itself\"",
	"\"combining e\xcc\x81 and é, zero width \xe2\x80\x8d, "
	"\xe2\x80\xa8 line and \xe2\x80\xa9 paragraph separators\"",
	"\"right to left \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84"
	"\xd8\xa7\xd9\x85, Devanagari हिन्दी, Thai ไทย, 漢字, "
	"🏳️‍🌈\"",
	"\"noncharacters \xef\xbf\xbf \xf4\x8f\xbf\xbf, BOM \xef\xbb\xbf\"",
	"\"brackets in a string: }]}]{[{[ , : \\\\\\\" end\"",
	"[100.00,1e2,1E+2,1e-2,-0,0,-0.0,0.10,1.0E0,-1e0]",
	"12345678901234567890",
	"-0.12345678901234567890123456789",
	"1e400",
	"[[],{},[[]],[{}],\"\",\"\\u0020\",null,true,false]",
	"{ \"spaces\" :\t[ 1 , 2 ,3 ] , \"none\":{ } }",
	"{\"twice\":1,\"twice\":2,\"\":\"no name\",\"\\u0049d\":\"not Id\"}",
	"{\"Id\":\"inner\",\"MetaData\":{\"LastUpdatedTime\":\"inner\"}}",
};

enum { DEEP = 120, EACH = 4 };

static void
write_deep(struct buf *to)
{
	for (int i = 0; i < DEEP; i++)
		pen_text(to, i % 2 ? "{\"d\":" : "[");
	pen_text(to, "0");
	for (int i = DEEP; i--;)
		pen_text(to, i % 2 ? "}" : "]");
}

void
body_write_exotic(struct buf *to, int64_t i)
{
	int64_t count = (int64_t)LENGTH(oddities);

	for (int k = 0; k < EACH; k++)
		pen_format(to, ",\"Odd%d\":%s", k,
			   oddities[(i * EACH + k) % count]);
	if (i % 8 == 0) {
		pen_text(to, ",\"Deep\":");
		write_deep(to);
	}
}
