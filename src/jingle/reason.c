/* SPDX-License-Identifier: MIT */
/* The conditions of XEP-0166 §7.4. */
#include "jingle/session.h"

#include "xmpp/ns.h"

static const char *const conditions[] = { "success",
                                          "alternative-session",
                                          "busy",
                                          "cancel",
                                          "connectivity-error",
                                          "decline",
                                          "expired",
                                          "failed-application",
                                          "failed-transport",
                                          "general-error",
                                          "gone",
                                          "incompatible-parameters",
                                          "media-error",
                                          "security-error",
                                          "timeout",
                                          "unsupported-applications",
                                          "unsupported-transports" };

static const char *find(sp_str word) {
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
    if (sp_str_is(word, conditions[i])) return conditions[i];
  return NULL;
}

const char *sp_jingle_reason(const sp_xml *jingle) {
  const sp_xml *reason = sp_xml_child(jingle, SP_NS_JINGLE, "reason");
  const char *condition = NULL;
  bool empty = true;
  for (const sp_xml *child = reason ? reason->children : NULL; child && !condition; child = child->next) {
    if (!sp_str_is(child->ns, SP_NS_JINGLE) || sp_str_is(child->name, "text")) continue;
    empty = false;
    condition = find(child->name);
  }
  if (condition) return condition;
  return empty ? "success" : "general-error";
}

int sp_jingle_write_terminate(const sp_jingle_session *s, sp_xw *w, sp_str reason) {
  const char *condition = reason.len ? find(reason) : "success";
  sp_xw_open(w, "jingle");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_JINGLE));
  sp_xw_attr(w, "sid", sp_jingle_sid(s));
  sp_xw_attr(w, "action", SP_STR("session-terminate"));
  sp_xw_open(w, "reason");
  sp_xw_open(w, condition ? condition : "general-error");
  sp_xw_close(w);
  sp_xw_close(w);
  sp_xw_close(w);
  return sp_buf_status(w->buf);
}
