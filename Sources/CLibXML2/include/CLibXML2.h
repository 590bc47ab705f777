#ifndef YUE_CLIBXML2_H
#define YUE_CLIBXML2_H

// The push parser of libxml2, loaded when the first XML is read: with ICU and libstdc++, which it
// brings along on Debian, it would take a fifth of the time to the first byte of every start.
//
// What is declared here is a part of <libxml/parser.h> that has been the same in all releases with
// SAX2, from 2.6 on; header_check.c compares it with the header at hand. That itself is not used: it
// pulls in types of ICU, which no module that also sees Foundation can import.

typedef unsigned char xmlChar;
typedef struct _xmlParserCtxt *xmlParserCtxtPtr;

typedef enum {
  XML_PARSE_RECOVER = 1 << 0,
  XML_PARSE_NOENT = 1 << 1,
  XML_PARSE_NOERROR = 1 << 5,
  XML_PARSE_NOWARNING = 1 << 6,
  XML_PARSE_NONET = 1 << 11,
  XML_PARSE_NOCDATA = 1 << 14,
  XML_PARSE_HUGE = 1 << 19,
  XML_PARSE_IGNORE_ENC = 1 << 21,
} xmlParserOption;

#define XML_SAX2_MAGIC 0xDEEDBEAF

typedef void (*yx_unused)(void);

// What the parser calls; NULL where nothing is to be called.
typedef struct {
  yx_unused internalSubset, isStandalone, hasInternalSubset, hasExternalSubset, resolveEntity;
  yx_unused getEntity, entityDecl, notationDecl, attributeDecl, elementDecl, unparsedEntityDecl;
  yx_unused setDocumentLocator, startDocument, endDocument, startElement, endElement, reference;
  void (*characters)(void *context, const xmlChar *text, int byte_count);
  yx_unused ignorableWhitespace;
  void (*processingInstruction)(void *context, const xmlChar *target, const xmlChar *data);
  yx_unused comment, warning, error, fatalError, getParameterEntity, cdataBlock, externalSubset;
  unsigned int initialized;
  void *_private;
  void (*startElementNs)(void *context, const xmlChar *name, const xmlChar *prefix,
                         const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                         int attribute_count, int defaulted_count, const xmlChar **attributes);
  void (*endElementNs)(void *context, const xmlChar *name, const xmlChar *prefix,
                       const xmlChar *uri);
  void (*serror)(void *context, void *error);
} xmlSAXHandler;

// Hidden: libxml2 must not take them for its own when it calls functions of the same names.
#pragma GCC visibility push(hidden)

// As in libxml2. Without the library, which a message on stderr says once, there is no parser.
xmlParserCtxtPtr xmlCreatePushParserCtxt(xmlSAXHandler *handler, void *context, const char *chunk,
                                         int byte_count, const char *file);
int xmlCtxtUseOptions(xmlParserCtxtPtr parser, int options);
int xmlParseChunk(xmlParserCtxtPtr parser, const char *chunk, int byte_count, int is_last);
void xmlFreeParserCtxt(xmlParserCtxtPtr parser);

#pragma GCC visibility pop

#endif
