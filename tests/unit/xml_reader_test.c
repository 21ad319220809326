/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/limits.h"
#include "base/status.h"
#include "support.h"
#include "xml/reader.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int read_into(sp_arena *arena, sp_str frame, sp_xml **first, bool *incomplete) {
  sp_arena_init(arena, NULL, SP_MAX_SCRATCH);
  return sp_xml_read(arena, frame, first, incomplete);
}

static int status_of(sp_str frame) {
  sp_arena arena;
  sp_xml *first;
  int status = read_into(&arena, frame, &first, NULL);
  if (status != SP_OK) assert_null(first);
  sp_arena_free(&arena);
  return status;
}

/* A tree as text, so that one table holds many expectations: {ns}name[{ns}attr=value...](children)"text". */
static void dump(sp_buf *out, const sp_xml *element) {
  for (; element; element = element->next) {
    if (element->ns.ptr) {
      sp_buf_add_char(out, '{');
      sp_buf_add(out, element->ns);
      sp_buf_add_char(out, '}');
    }
    sp_buf_add(out, element->name);
    for (const sp_xml_attr *attr = element->attrs; attr; attr = attr->next) {
      sp_buf_add_char(out, ' ');
      if (attr->ns.ptr) sp_buf_add(out, attr->ns);
      sp_buf_add_char(out, '@');
      sp_buf_add(out, attr->name);
      sp_buf_add_char(out, '=');
      sp_buf_add(out, attr->value);
    }
    if (element->children) {
      sp_buf_add_char(out, '(');
      dump(out, element->children);
      sp_buf_add_char(out, ')');
    }
    if (element->text.len > 0) sp_buf_add_char(out, ':');
    sp_buf_add(out, element->text);
    if (element->next) sp_buf_add_char(out, ',');
  }
}

/* A copy says the same when the original is gone, and stands alone: what follows the element is not copied. */
static void copies(void **state) {
  static const char frame[] = "<a xmlns='u' xmlns:p='v' p:x='1' y=''>s<p:b z='&amp;'><c/>t</p:b><d/></a>";
  (void)state;
  for (size_t fail_at = 0, done = 0; !done; fail_at++) {
    const sp_alloc *alloc = test_alloc_new(fail_at);
    sp_arena from, to;
    sp_xml *first, *copy;
    sp_buf before, after;
    sp_buf_init(&before, NULL, 4096);
    sp_buf_init(&after, NULL, 4096);
    sp_arena_init(&to, alloc, SP_MAX_SCRATCH);
    sp_str text = test_cut(sp_str_from(frame), sizeof frame - 1);
    assert_int_equal(read_into(&from, text, &first, NULL), SP_OK);
    dump(&before, first);
    first->next = first->children;
    copy = sp_xml_copy(&to, first);
    first->next = NULL;
    sp_arena_free(&from);
    test_cut_free(text);
    if (copy) {
      dump(&after, copy);
      assert_true(sp_str_eq(sp_buf_str(&before), sp_buf_str(&after)));
    } else {
      assert_true(test_alloc_failed());
    }
    sp_buf_free(&before);
    sp_buf_free(&after);
    sp_arena_free(&to);
    assert_int_equal(test_alloc_live(), 0);
    done = fail_at > 0 && !test_alloc_failed();
  }
}

static void expect_tree(const char *name, const char *frame, const char *expected) {
  sp_arena arena;
  sp_xml *first;
  sp_buf out;
  sp_str exact = test_cut(sp_str_from(frame), strlen(frame));
  sp_buf_init(&out, NULL, 10000);
  int status = read_into(&arena, exact, &first, NULL);
  if (status != SP_OK) fail_msg("%s: %s", name, sp_status_name(status));
  dump(&out, first);
  if (!sp_str_is(sp_buf_str(&out), expected)) fail_msg("%s: %.*s", name, SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
  sp_arena_free(&arena);
  test_cut_free(exact);
}

static void trees(void **state) {
  static const struct {
    const char *name, *frame, *tree;
  } cases[] = {
    { "empty element", "<a/>", "a" },
    { "attributes", "<a b='1' c = \"2\"\n/>", "a @b=1 @c=2" },
    { "children in order", "<a><b/><c><d/></c></a >", "a(b,c(d))" },
    { "text around children", "<a>x<b>y</b>z</a>", "a(b:y):xz" },
    { "several elements", " <a/>\r\n<b/> ", "a,b" },
    { "white space only", " \t\r\n", "" },
    { "nothing", "", "" },
    { "declaration", "<?xml version='1.0' encoding=\"UTF-8\" standalone='yes' ?><a/>", "a" },
    { "default namespace", "<a xmlns='u'><b/></a>", "{u}a({u}b)" },
    { "inner default namespace", "<a xmlns='u'><b xmlns='v'/><c/></a>", "{u}a({v}b,{u}c)" },
    { "default namespace undone", "<a xmlns='u'><b xmlns=''/></a>", "{u}a(b)" },
    { "prefix", "<p:a xmlns:p='u' b='1' p:b='2'/>", "{u}a @b=1 u@b=2" },
    { "prefix of an ancestor", "<a xmlns:p='u'><b><p:c/></b></a>", "a(b({u}c))" },
    { "prefix bound again", "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>", "{u}a({v}b,{u}c)" },
    { "no default for attributes", "<a xmlns='u' b='1'/>", "{u}a @b=1" },
    { "declared behind its use", "<p:a p:b='1' xmlns:p='u'/>", "{u}a u@b=1" },
    { "xml prefix", "<a xml:lang='en'/>", "a http://www.w3.org/XML/1998/namespace@lang=en" },
    { "xml prefix declared", "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "a" },
    { "same local name in two namespaces", "<a xmlns:p='u' xmlns:q='v' p:x='1' q:x='2' x='3'/>", "a u@x=1 v@x=2 @x=3" },
    { "entities", "<a b='&lt;&quot;&apos;'>&amp;&gt;&lt;</a>", "a @b=<\"':&><" },
    { "character references", "<a>&#65;&#x42;&#xe9;&#x1F600;&#0067;</a>",
      "a:AB\xC3\xA9\xF0\x9F\x98\x80"
      "C" },
    { "line ends in text", "<a>1\r\n2\r3\n4&#13;</a>", "a:1\n2\n3\n4\r" },
    { "white space in values", "<a b='1\t2\r\n3\n4\r5&#9;&#10;&#13;6'/>", "a @b=1 2 3 4 5\t\n\r6" },
    { "CDATA", "<a>x<![CDATA[<b>&amp;]]]]><![CDATA[>\r\n]]>y</a>", "a:x<b>&amp;]]>\ny" },
    { "empty CDATA", "<a><![CDATA[]]></a>", "a" },
    { "brackets in text", "<a>]] ]] &gt; >]>]]&gt;</a>", "a:]] ]] > >]>]]>" },
    { "values with > and the other quote", "<a b='>\"' c=\"'\"/>", "a @b=>\" @c='" },
    { "names", "<_a.b-c1 _='' A.='x'/>", "_a.b-c1 @_= @A.=x" },
    { "names beyond ASCII", "<\xC3\xA9t\xC3\xA9>\xE2\x82\xAC</\xC3\xA9t\xC3\xA9>", "\xC3\xA9t\xC3\xA9:\xE2\x82\xAC" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    expect_tree(cases[i].name, cases[i].frame, cases[i].tree);
  }
}

static void what_is_refused(void **state) {
  static const struct {
    const char *name, *frame;
  } cases[] = {
    { "text outside", "x<a/>" },
    { "text behind", "<a/>x" },
    { "reference outside", "<a/>&#32;" },
    { "CDATA outside", "<![CDATA[]]><a/>" },
    { "byte order mark", "\xEF\xBB\xBF<a/>" },
    { "comment", "<a><!-- x --></a>" },
    { "comment outside", "<!-- x --><a/>" },
    { "processing instruction", "<a><?x y?></a>" },
    { "second declaration", "<?xml version='1.0'?><?xml version='1.0'?><a/>" },
    { "declaration behind white space", " <?xml version='1.0'?><a/>" },
    { "declaration without version", "<?xml encoding='UTF-8'?><a/>" },
    { "other version", "<?xml version='1.1'?><a/>" },
    { "other encoding", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>" },
    { "bad standalone", "<?xml version='1.0' standalone='maybe'?><a/>" },
    { "declaration's target continued", "<?xml-stylesheet version='1.0'?><a/>" },
    { "document type", "<!DOCTYPE a><a/>" },
    { "document type with entity", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>" },
    { "unknown entity", "<a>&nbsp;</a>" },
    { "entity's case", "<a>&AMP;</a>" },
    { "bare ampersand", "<a>x & y</a>" },
    { "reference without digits", "<a>&#;</a>" },
    { "reference without hex digits", "<a>&#x;</a>" },
    { "capital X", "<a>&#X41;</a>" },
    { "reference to NUL", "<a>&#0;</a>" },
    { "reference to a control character", "<a>&#x1F;</a>" },
    { "reference to a surrogate", "<a>&#xD800;</a>" },
    { "reference to U+FFFE", "<a>&#xFFFE;</a>" },
    { "reference beyond Unicode", "<a>&#x110000;</a>" },
    { "reference that overflows", "<a>&#x100000041;</a>" },
    { "reference not ended", "<a>&#65</a>" },
    { "control character", "<a>\x01</a>" },
    { "control character in a value", "<a b='\x1F'/>" },
    { "not UTF-8", "<a>\xC3(</a>" },
    { "overlong", "<a>\xC0\x80</a>" },
    { "surrogate", "<a>\xED\xA0\x80</a>" },
    { "U+FFFF", "<a>\xEF\xBF\xBF</a>" },
    { "end of CDATA in text", "<a>x]]>y</a>" },
    { "tags crossed", "<a><b></a></b>" },
    { "other case", "<a></A>" },
    { "longer end tag", "<a></ab>" },
    { "other prefix for the same namespace", "<p:a xmlns:p='u' xmlns:q='u'></q:a>" },
    { "end tag alone", "</a>" },
    { "end tag with attribute", "<a></a b='1'>" },
    { "space before the name", "< a/>" },
    { "space in the end tag", "<a></ a>" },
    { "space in the empty tag", "<a/ >" },
    { "name begins with a digit", "<1a/>" },
    { "name begins with a dash", "<-a/>" },
    { "attribute without value", "<a b/>" },
    { "value without quotes", "<a b=1/>" },
    { "no space between attributes", "<a b='1'c='2'/>" },
    { "less-than in a value", "<a b='<'/>" },
    { "attribute twice", "<a b='1' b='2'/>" },
    { "attribute twice by namespace", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>" },
    { "declaration twice", "<a xmlns='u' xmlns='u'/>" },
    { "prefix declared twice", "<a xmlns:p='u' xmlns:p='v'/>" },
    { "undeclared prefix", "<p:a/>" },
    { "undeclared prefix of an attribute", "<a p:b='1'/>" },
    { "prefix of a sibling", "<a><b xmlns:p='u'/><p:c/></a>" },
    { "prefix undone", "<a xmlns:p=''/>" },
    { "xml prefix elsewhere", "<a xmlns:xml='u'/>" },
    { "other prefix for xml", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>" },
    { "xml as default", "<a xmlns='http://www.w3.org/XML/1998/namespace'/>" },
    { "xmlns declared", "<a xmlns:xmlns='u'/>" },
    { "prefix for xmlns", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>" },
    { "element in xmlns", "<xmlns:a/>" },
    { "two colons", "<p:q:a xmlns:p='u'/>" },
    { "no local name", "<p: xmlns:p='u'/>" },
    { "no prefix", "<:a/>" },
    { "a multiplication sign as name", "<a \xC3\x97='1'/>" },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (status_of(sp_str_from(cases[i].frame)) != SP_ESYNTAX) fail_msg("%s", cases[i].name);
  }
  assert_int_equal(status_of(SP_STR("<a>\0</a>")), SP_ESYNTAX);
  assert_int_equal(status_of(SP_STR("<a/>\0")), SP_ESYNTAX);
}

static const char *const fixtures[] = {
  "xml/open.xml",    "xml/features.xml", "xml/extdisco.xml", "xml/event.xml",
  "xml/propose.xml", "xml/prefixes.xml", "xml/several.xml",
};

enum { FIXTURES = sizeof fixtures / sizeof *fixtures };

/* True when a frame cut here ends outside every element, in which case what is left may be well formed. */
static bool is_boundary(sp_str frame, size_t len) {
  size_t depth = 0;
  sp_str head = sp_str_slice(frame, 0, len);
  bool tag = false;
  for (size_t at = 0; at < len; at++) {
    char next = at + 1 < frame.len ? frame.ptr[at + 1] : '\0';
    if (sp_str_starts(sp_str_slice(frame, at, frame.len), "<![CDATA[")) {
      at = sp_str_find(frame, "]]>", at) + 2;
      continue;
    }
    if (frame.ptr[at] == '<') {
      tag = true;
      if (next == '/') depth--;
      else if (next != '?') depth++;
    }
    if (frame.ptr[at] == '>') {
      tag = false;
      if (at > 0 && frame.ptr[at - 1] == '/') depth--;
    }
  }
  return (depth == 0 && !tag) || sp_str_trim(head).len == 0;
}

static void every_prefix_of_a_fixture_is_a_clean_answer(void **state) {
  (void)state;
  for (size_t i = 0; i < FIXTURES; i++) {
    sp_str frame = read_fixture(fixtures[i]);
    for (size_t len = 0; len <= frame.len; len++) {
      sp_arena arena;
      sp_xml *first;
      bool incomplete = true, in_declaration = sp_str_starts(frame, "<?xml") && sp_str_find_char(frame, '>', 0) >= len;
      sp_str cut = test_cut(frame, len);
      int status = read_into(&arena, cut, &first, &incomplete);
      bool whole = is_boundary(frame, len);
      if (status != (whole && !(in_declaration && len > 0) ? SP_OK : SP_ESYNTAX))
        fail_msg("%s cut at %zu: %s", fixtures[i], len, sp_status_name(status));
      if (!in_declaration && incomplete == whole) fail_msg("%s cut at %zu: incomplete", fixtures[i], len);
      sp_arena_free(&arena);
      test_cut_free(cut);
    }
  }
}

static void incomplete_is_said_of_cut_frames_only(void **state) {
  static const struct {
    const char *frame;
    bool incomplete;
  } cases[] = {
    { "<stream:stream xmlns:stream='u'>", true },
    { "<a>\xE2\x82", true },
    { "<a b='\xE2", true },
    { "<a>&am", true },
    { "<a>&#x4", true },
    { "<a><![CDA", true },
    { "<a></", true },
    { "<a>\xE2(", false },
    { "<a>&an", false },
    { "<a></b", false },
    { "<a b='<", false },
    { "x", false },
    { "</a", false },
    { "<?xml", false },
    { "<a/>", false },
    { "<p:a>", false },
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sp_arena arena;
    sp_xml *first;
    bool incomplete = !cases[i].incomplete;
    read_into(&arena, sp_str_from(cases[i].frame), &first, &incomplete);
    if (incomplete != cases[i].incomplete) fail_msg("%s", cases[i].frame);
    sp_arena_free(&arena);
  }
}

static void every_failed_allocation_is_reported(void **state) {
  (void)state;
  for (size_t i = 0; i < FIXTURES; i++) {
    sp_str frame = read_fixture(fixtures[i]);
    bool reached = true;
    for (size_t n = 1; reached; n++) {
      sp_arena arena;
      sp_xml *first;
      bool incomplete = true;
      sp_arena_init(&arena, test_alloc_new(n), SP_MAX_SCRATCH);
      int status = sp_xml_read(&arena, frame, &first, &incomplete);
      reached = test_alloc_failed();
      assert_int_equal(status, reached ? SP_ENOMEM : SP_OK);
      assert_false(incomplete);
      sp_arena_free(&arena);
      assert_int_equal(test_alloc_live(), 0);
    }
  }
}

static void repeat(sp_buf *buf, const char *text, size_t count) {
  for (size_t i = 0; i < count; i++) sp_buf_add_text(buf, text);
}

static void attributes(sp_buf *buf, const char *format, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char text[40];
    snprintf(text, sizeof text, format, i);
    sp_buf_add_text(buf, text);
  }
}

/* A frame that ends within a letter of a name is no more than cut. */
static void a_name_cut_in_a_letter(void **state) {
  (void)state;
  sp_arena arena;
  sp_xml *first;
  bool incomplete = false;
  assert_int_equal(read_into(&arena, SP_STR("<a\xC3"), &first, &incomplete), SP_ESYNTAX);
  assert_true(incomplete);
  sp_arena_free(&arena);
  assert_int_equal(read_into(&arena, SP_STR("<a\xC3>"), &first, &incomplete), SP_ESYNTAX);
  assert_false(incomplete);
  sp_arena_free(&arena);
}

static void limits(void **state) {
  sp_buf buf;
  (void)state;
  sp_buf_init(&buf, NULL, SP_MAX_FRAME * 2);
  for (size_t more = 0; more < 2; more++) {
    int expected = more ? SP_ELIMIT : SP_OK;
    sp_buf_reset(&buf);
    repeat(&buf, "<a>", SP_MAX_XML_DEPTH + more);
    repeat(&buf, "</a>", SP_MAX_XML_DEPTH + more);
    assert_int_equal(status_of(sp_buf_str(&buf)), expected);
    sp_buf_reset(&buf);
    repeat(&buf, "<a/>", SP_MAX_XML_ELEMENTS + more);
    assert_int_equal(status_of(sp_buf_str(&buf)), expected);
    sp_buf_reset(&buf);
    sp_buf_add_text(&buf, "<a");
    attributes(&buf, " a%zu='1'", SP_MAX_XML_ATTRIBUTES + more);
    sp_buf_add_text(&buf, "/>");
    assert_int_equal(status_of(sp_buf_str(&buf)), expected);
    sp_buf_reset(&buf);
    sp_buf_add_text(&buf, "<a");
    attributes(&buf, " xmlns:a%zu='u'", SP_MAX_XML_NAMESPACES - 1);
    sp_buf_add_text(&buf, "><b xmlns='u'/><b");
    attributes(&buf, " xmlns:b%zu='u'", 1 + more);
    sp_buf_add_text(&buf, "/></a>");
    assert_int_equal(status_of(sp_buf_str(&buf)), expected);
    sp_buf_reset(&buf);
    sp_buf_add_text(&buf, "<a>");
    repeat(&buf, "x", SP_MAX_FRAME - 7 + more);
    sp_buf_add_text(&buf, "</a>");
    assert_int_equal(status_of(sp_buf_str(&buf)), expected);
  }
  sp_buf_free(&buf);
}

/* The worst texts in pieces must stay linear in memory: a frame of nothing but references, and text between
   children. */
static void text_in_many_pieces(void **state) {
  sp_arena arena;
  sp_buf buf;
  sp_xml *first;
  (void)state;
  sp_buf_init(&buf, NULL, SP_MAX_FRAME);
  sp_buf_add_text(&buf, "<a>");
  repeat(&buf, "&lt;", (SP_MAX_FRAME - 7) / 4);
  sp_buf_add_text(&buf, "</a>");
  assert_int_equal(read_into(&arena, sp_buf_str(&buf), &first, NULL), SP_OK);
  assert_int_equal(first->text.len, (SP_MAX_FRAME - 7) / 4);
  sp_arena_free(&arena);
  sp_buf_reset(&buf);
  sp_buf_add_text(&buf, "<a>");
  repeat(&buf, "0123456789012345678901234567890123456789<b/>", SP_MAX_XML_ELEMENTS - 1);
  sp_buf_add_text(&buf, "</a>");
  assert_int_equal(read_into(&arena, sp_buf_str(&buf), &first, NULL), SP_OK);
  assert_int_equal(first->text.len, 40 * (SP_MAX_XML_ELEMENTS - 1));
  sp_arena_free(&arena);
  sp_buf_free(&buf);
}

static void too_little_scratch_is_a_limit(void **state) {
  sp_arena arena;
  sp_xml *first;
  (void)state;
  sp_arena_init(&arena, NULL, 10);
  assert_int_equal(sp_xml_read(&arena, SP_STR("<a/>"), &first, NULL), SP_ELIMIT);
  sp_arena_free(&arena);
}

static void looking_things_up(void **state) {
  sp_arena arena;
  sp_xml *first;
  (void)state;
  assert_int_equal(read_into(&arena, read_fixture("xml/extdisco.xml"), &first, NULL), SP_OK);
  assert_true(sp_xml_is(first, "jabber:client", "iq"));
  assert_true(sp_xml_is(first, NULL, "iq"));
  assert_false(sp_xml_is(first, "urn:other", "iq") || sp_xml_is(NULL, NULL, "iq"));
  const sp_xml *services = sp_xml_child(first, "urn:xmpp:extdisco:1", "services");
  assert_int_equal(sp_xml_child_count(services), 2);
  const sp_xml *turn = sp_xml_child(services, NULL, "service");
  assert_true(sp_str_is(sp_xml_attr_get(turn, "username"), "u&1"));
  assert_true(sp_str_is(sp_xml_attr_get(turn, "password"), "p< >"));
  assert_null(sp_xml_attr_get(turn, "none").ptr);
  assert_null(sp_xml_attr_get(NULL, "none").ptr);
  assert_null(sp_xml_child(first, "urn:xmpp:extdisco:2", "services"));
  assert_null(sp_xml_child(NULL, NULL, "x"));
  assert_int_equal(sp_xml_child_count(NULL), 0);
  sp_arena_free(&arena);
  assert_int_equal(read_into(&arena, SP_STR("<a xml:lang='en'/>"), &first, NULL), SP_OK);
  assert_null(sp_xml_attr_get(first, "lang").ptr);
  sp_arena_free(&arena);
}

static void several_stanzas_in_one_frame(void **state) {
  sp_arena arena;
  sp_xml *first;
  (void)state;
  assert_int_equal(read_into(&arena, read_fixture("xml/several.xml"), &first, NULL), SP_OK);
  assert_true(sp_xml_is(first, "jabber:client", "presence"));
  assert_true(sp_xml_is(first->next, "jabber:client", "message"));
  assert_true(sp_str_is(sp_xml_child(first->next, NULL, "body")->text, "two\nlines <b> & ]] > end"));
  assert_true(sp_xml_is(first->next->next, "", "a"));
  assert_null(first->next->next->next);
  sp_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(trees),
    cmocka_unit_test(copies),
    { "W-4.4 what is refused", what_is_refused, NULL, NULL, NULL },
    cmocka_unit_test(every_prefix_of_a_fixture_is_a_clean_answer),
    cmocka_unit_test(incomplete_is_said_of_cut_frames_only),
    cmocka_unit_test(every_failed_allocation_is_reported),
    cmocka_unit_test(a_name_cut_in_a_letter),
    cmocka_unit_test(limits),
    cmocka_unit_test(text_in_many_pieces),
    cmocka_unit_test(too_little_scratch_is_a_limit),
    cmocka_unit_test(looking_things_up),
    cmocka_unit_test(several_stanzas_in_one_frame),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
