/* covers: download client */
#include <dirent.h>
#include <fcntl.h>

#include "http/download.h"
#include "rawserver.h"
#include "tap.h"

static char *folder;
static int folder_fd;
static struct http_client *http;
static struct rawserver server;

enum { MOST = 64 };

/* Download from a server that says these steps. */
static void
get(struct http_download *d, const char *script)
{
	struct failure why = { 0 };
	char url[64];

	rawserver_start(&server, folder, script);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/secret", server.port);
	http_download_init(d);
	if (!http_download_start(d, http, url, folder_fd, MOST, &why))
		BUG(why.text);
	while (!http_download_is_done(d))
		if (!http_client_run(http, 1000, -1, NULL, &why))
			BUG(why.text);
	rawserver_stop(&server);
}

static int
temporary_files(void)
{
	DIR *names = opendir(folder);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(names)))
		count += !strncmp(entry->d_name, ".qb-", 4);
	closedir(names);
	return count;
}

static bool
is_asked(const char *text)
{
	static char log[64 * 1024];
	FILE *file = fopen(server.log, "r");
	size_t len = fread(log, 1, sizeof(log) - 1, file);

	fclose(file);
	log[len] = '\0';
	return strcasestr(log, text);
}

static void
test_whole(struct http_download *d)
{
	struct failure why = { 0 };
	char hex[DIGEST_HEX], text[16] = "";

	get(d, "GET ok:abc\n");
	ok(d->response.status == 200 && d->bytes == 3, "a file comes");
	digest_hex(&d->sum, hex);
	is(hex,
	   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	   "its digest");
	ok(durable_file_commit(&d->file, folder_fd, "whole", &why), "is kept");
	int fd = openat(folder_fd, "whole", O_RDONLY);
	ok(read(fd, text, sizeof(text)) == 3 && !strcmp(text, "abc"),
	   "with its bytes");
	close(fd);
	ok(!is_asked("authorization:"), "nobody is named");
	ok(!is_asked("gzip"), "and gzip is not asked for");
	http_download_free(d);

	get(d, "GET ok:\n");
	ok(d->response.status == 200 && d->file.fd >= 0 && !d->bytes,
	   "an empty file is one");
	http_download_free(d);
	ok(temporary_files() == 0, "what is not kept is removed");
}

static void
test_other(struct http_download *d)
{
	get(d, "GET 403:<Error/>\n");
	ok(d->response.status == 403 && d->file.fd < 0 &&
		   slice_is(buf_slice(&d->response.body), "<Error/>"),
	   "an error is no file, and its text is there");
	http_download_free(d);
	get(d,
	    "GET raw:HTTP/1.1\\s200\\sOK\\r\\nContent-Length:\\s9\\r\\n\\r\\n"
	    "abc close\n");
	ok(!d->response.status && d->response.error[0], "nor is half a file");
	http_download_free(d);
	get(d, "GET ok:"
	       "0123456789012345678901234567890123456789"
	       "0123456789012345678901234567890123456789\n");
	ok(!d->response.status && d->too_large, "nor one that is too large");
	http_download_free(d);
	get(d, "GET ok:<!DOCTYPE\\shtml><html></html>\n");
	ok(http_download_is_html(d), "a web page is seen");
	http_download_free(d);
	get(d, "GET ok:%PDF-1.4<html>\n");
	ok(!http_download_is_html(d), "not where there is none");
	http_download_free(d);
	ok(temporary_files() == 0, "nothing is left");
}

static void
test_redirects(struct http_download *d)
{
	get(d, "GET header:Location:/there 302:\nGET ok:abc\n");
	ok(d->response.status == 200 && d->bytes == 3 && is_asked("/there"),
	   "a redirect is followed");
	http_download_free(d);
	get(d, "GET header:Location:https://127.0.0.1:1/ 302:\n");
	ok(d->response.status == 302, "not to another scheme");
	http_download_free(d);
	get(d, "GET header:Location:http://example.com/ 302:\n");
	ok(d->response.status == 302, "nor in plain text to another machine");
	http_download_free(d);
	get(d, "GET header:Location:/again 302:\n");
	ok(d->response.status == 302, "nor for ever");
	http_download_free(d);
	get(d, "GET 302:\n");
	ok(d->response.status == 302, "nor to nowhere");
	http_download_free(d);
}

int
main(void)
{
	struct http_download d;
	struct failure why = { 0 };

	folder = rawserver_folder();
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	http = http_client_open(&why);
	if (!http)
		BUG(why.text);
	test_whole(&d);
	test_other(&d);
	test_redirects(&d);
	http_client_close(http);
	close(folder_fd);
	rawserver_clean(folder);
	return tap_done();
}
