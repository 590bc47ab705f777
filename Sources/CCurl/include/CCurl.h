#ifndef YUE_CCURL_H
#define YUE_CCURL_H

// Types and constants only: nothing of libcurl is linked, because linking it costs 5 ms of every
// start. The functions below call what `ycurl_load` has found with dlopen.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/// Loads libcurl once; callable from any thread. False when it is not there or too old.
bool ycurl_load(void);
/// Why it could not be loaded; an empty text when it was.
const char *ycurl_load_problem(void);
/// The version of the loaded library, such as "7.88.1"; an empty text when there is none.
const char *ycurl_version(void);

/// Gets bytes of a header line or of a body; returns how many it took, fewer ends the transfer.
typedef size_t (*ycurl_receiver)(char *bytes, size_t size, size_t count, void *context);

CURL *ycurl_easy_new(void);
void ycurl_easy_reset(CURL *easy);
void ycurl_easy_free(CURL *easy);
CURLcode ycurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ycurl_set_size(CURL *easy, CURLoption option, curl_off_t value);
/// The text is copied.
CURLcode ycurl_set_text(CURL *easy, CURLoption option, const char *text);
/// Memory that must live as long as the transfer.
CURLcode ycurl_set_pointer(CURL *easy, CURLoption option, void *pointer);
CURLcode ycurl_set_receivers(
  CURL *easy, ycurl_receiver header, ycurl_receiver body, void *context);
long ycurl_info_long(CURL *easy, CURLINFO info);
/// Microseconds and sizes.
curl_off_t ycurl_info_size(CURL *easy, CURLINFO info);
/// Null when there is none; belongs to the handle.
const char *ycurl_info_text(CURL *easy, CURLINFO info);
const char *ycurl_reason(CURLcode code);

/// A list of header lines; returns null, and leaves the list alone, when memory is short.
struct curl_slist *ycurl_list_append(struct curl_slist *list, const char *line);
void ycurl_list_free(struct curl_slist *list);

/// With at most this many connections to one host and in all.
CURLM *ycurl_multi_new(long hostConnections, long connections);
void ycurl_multi_free(CURLM *multi);
bool ycurl_multi_add(CURLM *multi, CURL *easy);
void ycurl_multi_remove(CURLM *multi, CURL *easy);
void ycurl_multi_perform(CURLM *multi);
/// The next transfer that has ended; null when there is none.
CURL *ycurl_multi_ended(CURLM *multi, CURLcode *code);
/// Waits for something to do, for `ycurl_multi_wake`, or for the time to pass.
void ycurl_multi_wait(CURLM *multi, int milliseconds);
/// Callable from any thread.
void ycurl_multi_wake(CURLM *multi);

/// Scheme, host and port of an address as libcurl reads it: "https://example.org:443". Null when it
/// is none. To be freed by the caller.
char *ycurl_url_origin(const char *url);
/// The address without user, password and fragment. Null when it is none. To be freed by the caller.
char *ycurl_url_plain(const char *url);

#endif
