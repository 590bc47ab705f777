#include "CLibXML2.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

_Static_assert(offsetof(xmlSAXHandler, characters) == 17 * sizeof(void *), "SAX2");
_Static_assert(offsetof(xmlSAXHandler, initialized) == 27 * sizeof(void *), "SAX2");
_Static_assert(sizeof(xmlSAXHandler) == 32 * sizeof(void *), "SAX2");

static struct {
  xmlParserCtxtPtr (*create)(xmlSAXHandler *, void *, const char *, int, const char *);
  int (*use_options)(xmlParserCtxtPtr, int);
  int (*parse)(xmlParserCtxtPtr, const char *, int, int);
  void (*free)(xmlParserCtxtPtr);
} xml;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_loaded;

static void load(void) {
  // The second is what releases from 2.14 on are called.
  void *library = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libxml2.so.16", RTLD_NOW | RTLD_LOCAL);
  if (library != NULL) {
    *(void **)&xml.create = dlsym(library, "xmlCreatePushParserCtxt");
    *(void **)&xml.use_options = dlsym(library, "xmlCtxtUseOptions");
    *(void **)&xml.parse = dlsym(library, "xmlParseChunk");
    *(void **)&xml.free = dlsym(library, "xmlFreeParserCtxt");
    is_loaded = xml.create != NULL && xml.use_options != NULL && xml.parse != NULL &&
                xml.free != NULL;
  }
  if (!is_loaded) {
    const char *reason = dlerror();
    fprintf(stderr, "yue: no XML can be read: %s.\n",
            reason != NULL ? reason : "libxml2.so.2 is missing");
  }
}

xmlParserCtxtPtr xmlCreatePushParserCtxt(xmlSAXHandler *handler, void *context, const char *chunk,
                                         int byte_count, const char *file) {
  pthread_once(&once, load);
  return is_loaded ? xml.create(handler, context, chunk, byte_count, file) : NULL;
}

int xmlCtxtUseOptions(xmlParserCtxtPtr parser, int options) {
  return xml.use_options(parser, options);
}

int xmlParseChunk(xmlParserCtxtPtr parser, const char *chunk, int byte_count, int is_last) {
  return xml.parse(parser, chunk, byte_count, is_last);
}

void xmlFreeParserCtxt(xmlParserCtxtPtr parser) { xml.free(parser); }
