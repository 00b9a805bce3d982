/*
 * simdjson_dom - one parse by simdjson into its DOM, for json_bench.  The
 * parser is kept from call to call, as its authors advise.
 */
#include <simdjson.h>

extern "C" bool simdjson_once(const char *at, size_t len);
extern "C" const char *simdjson_kernel(void);

static simdjson::dom::parser parser;

/* `at` is padded by json_bench, so nothing is copied first. */
extern "C" bool
simdjson_once(const char *at, size_t len)
{
	return parser.parse(at, len, false).error() == simdjson::SUCCESS;
}

extern "C" const char *
simdjson_kernel(void)
{
	static const std::string name =
		simdjson::get_active_implementation()->name();

	return name.c_str();
}
