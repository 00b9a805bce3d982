/* Known answers: FIPS 180-4's examples, and xxHash's own. */
#include "base/digest.h"
#include "tap.h"

static const struct {
	const char *text, *hex;
} known[] = {
	{ "",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

int
main(void)
{
	char hex[DIGEST_HEX], again[DIGEST_HEX];
	struct digest d;

	digest_init(&d);
	for (size_t i = 0; i < LENGTH(known); i++) {
		digest_add(&d, slice_of(known[i].text));
		digest_hex(&d, hex);
		is(hex, known[i].hex, "SHA-256 of a known text");
	}
	for (const char *at = known[2].text; *at; at++)
		digest_add(&d, (struct slice){ at, 1 });
	digest_hex(&d, hex);
	is(hex, known[2].hex, "the same in pieces of one byte");
	digest_add(&d, SLICE("lost"));
	digest_clear(&d);
	digest_add(&d, (struct slice){ NULL, 0 });
	digest_hex(&d, again);
	is(again, known[0].hex, "cleared it begins anew");
	digest_free(&d);
	digest_free(&d);

	/* XXH3_64bits of nothing and of "abc", by xxhsum -H3 */
	ok((uint64_t)digest_fingerprint(SLICE("")) ==
		   UINT64_C(0x2d06800538d394c2),
	   "the fingerprint of nothing");
	ok((uint64_t)digest_fingerprint(SLICE("abc")) ==
		   UINT64_C(0x78af5f94892f3950),
	   "the fingerprint of abc");
	const struct slice parts[] = { SLICE("a"), SLICE(""), SLICE("bc") };
	ok(digest_fingerprint_parts(parts, 3) ==
			   digest_fingerprint(SLICE("abc")) &&
		   digest_fingerprint_parts(NULL, 0) ==
			   digest_fingerprint(SLICE("")),
	   "the same in parts");
	ok(digest_fingerprint(SLICE("100.00")) !=
		   digest_fingerprint(SLICE("100.0")),
	   "other bytes, another fingerprint");
	return tap_done();
}
