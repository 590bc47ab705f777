// Nothing of this is in the program: it holds what CLibXML2.h declares against the header of the
// libxml2 that is installed here, so that a release which differs does not build.

#include <libxml/parser.h>
#include <stddef.h>

#define PLACE(member, number)                                                                   \
  _Static_assert(offsetof(xmlSAXHandler, member) == (number) * sizeof(void *), #member)
#define TYPE(function, ...)                                                                     \
  _Static_assert(__builtin_types_compatible_p(__typeof__(&function), __VA_ARGS__), #function)

PLACE(characters, 17);
PLACE(processingInstruction, 19);
PLACE(initialized, 27);
PLACE(startElementNs, 29);
PLACE(endElementNs, 30);
PLACE(serror, 31);
_Static_assert(sizeof(xmlSAXHandler) == 32 * sizeof(void *), "xmlSAXHandler");
_Static_assert(sizeof(xmlChar) == 1, "xmlChar");
_Static_assert(XML_SAX2_MAGIC == 0xDEEDBEAF, "XML_SAX2_MAGIC");
_Static_assert(
    XML_PARSE_RECOVER == 1 << 0 && XML_PARSE_NOENT == 1 << 1 && XML_PARSE_NOERROR == 1 << 5 &&
        XML_PARSE_NOWARNING == 1 << 6 && XML_PARSE_NONET == 1 << 11 &&
        XML_PARSE_NOCDATA == 1 << 14 && XML_PARSE_HUGE == 1 << 19 &&
        XML_PARSE_IGNORE_ENC == 1 << 21,
    "xmlParserOption");

TYPE(xmlCreatePushParserCtxt,
     xmlParserCtxtPtr (*)(xmlSAXHandlerPtr, void *, const char *, int, const char *));
TYPE(xmlCtxtUseOptions, int (*)(xmlParserCtxtPtr, int));
TYPE(xmlParseChunk, int (*)(xmlParserCtxtPtr, const char *, int, int));
TYPE(xmlFreeParserCtxt, void (*)(xmlParserCtxtPtr));
