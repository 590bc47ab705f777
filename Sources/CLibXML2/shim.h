#ifndef YUE_CLIBXML2_SHIM_H
#define YUE_CLIBXML2_SHIM_H

// Debian's libxml2 headers pull in ICU's types, which no module that also sees Foundation can
// import. Only the tail of a private struct depends on them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

// xmlFree is a global variable, which Swift 6 does not let one read.
static inline void yx_free(void *pointer) { xmlFree(pointer); }

#endif
