#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
  CURLcode (*global_init)(long);
  curl_version_info_data *(*version_info)(CURLversion);
  CURL *(*easy_init)(void);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  void (*easy_reset)(CURL *);
  void (*easy_cleanup)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned, int, int *);
  CURLMcode (*multi_wakeup)(CURLM *);
  CURLMcode (*multi_cleanup)(CURLM *);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLU *(*url)(void);
  void (*url_cleanup)(CURLU *);
  CURLUcode (*url_get)(CURLU *, CURLUPart, char **, unsigned);
  CURLUcode (*url_set)(CURLU *, CURLUPart, const char *, unsigned);
  void (*free)(void *);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[256] = "not loaded";

static void load(void) {
  // The second is what Debian calls the build with GnuTLS.
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(problem, sizeof problem, "%s", reason != NULL ? reason : "libcurl.so.4 is missing");
    return;
  }
#define FIND(name)                                                              \
  if ((*(void **)&curl.name = dlsym(library, "curl_" #name)) == NULL) {         \
    snprintf(problem, sizeof problem, "it has no curl_%s: it is too old", #name); \
    return;                                                                     \
  }
  FIND(global_init) FIND(version_info)
  FIND(easy_init) FIND(easy_setopt) FIND(easy_getinfo) FIND(easy_reset) FIND(easy_cleanup)
  FIND(easy_strerror)
  FIND(multi_init) FIND(multi_setopt) FIND(multi_add_handle) FIND(multi_remove_handle)
  FIND(multi_perform) FIND(multi_info_read) FIND(multi_poll) FIND(multi_wakeup)
  FIND(multi_cleanup)
  FIND(slist_append) FIND(slist_free_all)
  FIND(url) FIND(url_cleanup) FIND(url_get) FIND(url_set) FIND(free)
#undef FIND
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    snprintf(problem, sizeof problem, "it could not be initialised");
    return;
  }
  problem[0] = 0;
}

bool ycurl_load(void) {
  pthread_once(&once, load);
  return problem[0] == 0;
}

const char *ycurl_load_problem(void) { return problem; }

const char *ycurl_version(void) {
  return ycurl_load() ? curl.version_info(CURLVERSION_NOW)->version : "";
}

CURL *ycurl_easy_new(void) { return curl.easy_init(); }
void ycurl_easy_reset(CURL *easy) { curl.easy_reset(easy); }
void ycurl_easy_free(CURL *easy) { curl.easy_cleanup(easy); }

CURLcode ycurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl.easy_setopt(easy, option, value);
}

CURLcode ycurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl.easy_setopt(easy, option, value);
}

CURLcode ycurl_set_text(CURL *easy, CURLoption option, const char *text) {
  return curl.easy_setopt(easy, option, text);
}

CURLcode ycurl_set_pointer(CURL *easy, CURLoption option, void *pointer) {
  return curl.easy_setopt(easy, option, pointer);
}

CURLcode ycurl_set_receivers(
  CURL *easy, ycurl_receiver header, ycurl_receiver body, void *context) {
  CURLcode code = curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
  if (code == CURLE_OK) code = curl.easy_setopt(easy, CURLOPT_HEADERDATA, context);
  if (code == CURLE_OK) code = curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
  if (code == CURLE_OK) code = curl.easy_setopt(easy, CURLOPT_WRITEDATA, context);
  return code;
}

long ycurl_info_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

curl_off_t ycurl_info_size(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

const char *ycurl_info_text(CURL *easy, CURLINFO info) {
  char *text = NULL;
  return curl.easy_getinfo(easy, info, &text) == CURLE_OK ? text : NULL;
}

const char *ycurl_reason(CURLcode code) { return curl.easy_strerror(code); }

struct curl_slist *ycurl_list_append(struct curl_slist *list, const char *line) {
  return curl.slist_append(list, line);
}

void ycurl_list_free(struct curl_slist *list) { curl.slist_free_all(list); }

CURLM *ycurl_multi_new(long hostConnections, long connections) {
  CURLM *multi = curl.multi_init();
  if (multi == NULL) return NULL;
  curl.multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, hostConnections);
  curl.multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
  return multi;
}

void ycurl_multi_free(CURLM *multi) { curl.multi_cleanup(multi); }

bool ycurl_multi_add(CURLM *multi, CURL *easy) {
  return curl.multi_add_handle(multi, easy) == CURLM_OK;
}

void ycurl_multi_remove(CURLM *multi, CURL *easy) { curl.multi_remove_handle(multi, easy); }

void ycurl_multi_perform(CURLM *multi) {
  int running = 0;
  curl.multi_perform(multi, &running);
}

CURL *ycurl_multi_ended(CURLM *multi, CURLcode *code) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl.multi_info_read(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    *code = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}

void ycurl_multi_wait(CURLM *multi, int milliseconds) {
  curl.multi_poll(multi, NULL, 0, milliseconds, NULL);
}

void ycurl_multi_wake(CURLM *multi) { curl.multi_wakeup(multi); }

/// A part in memory of libcurl as one that `free` frees.
static char *copied(CURLU *url, CURLUPart part, unsigned flags) {
  char *text = NULL;
  if (curl.url_get(url, part, &text, flags) != CURLUE_OK || text == NULL) return NULL;
  char *copy = strdup(text);
  curl.free(text);
  return copy;
}

char *ycurl_url_origin(const char *text) {
  CURLU *url = curl.url();
  char *origin = NULL;
  if (url != NULL && curl.url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
    char *scheme = copied(url, CURLUPART_SCHEME, 0);
    char *host = copied(url, CURLUPART_HOST, 0);
    char *port = copied(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (scheme != NULL && host != NULL) {
      size_t size = strlen(scheme) + strlen(host) + (port != NULL ? strlen(port) : 0) + 8;
      origin = malloc(size);
      if (origin != NULL)
        snprintf(origin, size, "%s://%s:%s", scheme, host, port != NULL ? port : "");
    }
    free(scheme);
    free(host);
    free(port);
  }
  curl.url_cleanup(url);
  return origin;
}

char *ycurl_url_plain(const char *text) {
  CURLU *url = curl.url();
  char *plain = NULL;
  if (url != NULL && curl.url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
    curl.url_set(url, CURLUPART_USER, NULL, 0);
    curl.url_set(url, CURLUPART_PASSWORD, NULL, 0);
    curl.url_set(url, CURLUPART_OPTIONS, NULL, 0);
    curl.url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    plain = copied(url, CURLUPART_URL, 0);
  }
  curl.url_cleanup(url);
  return plain;
}
