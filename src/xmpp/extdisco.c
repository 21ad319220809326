/* SPDX-License-Identifier: MIT */
#include "xmpp/extdisco.h"

#include "base/date.h"
#include "base/json.h"
#include "base/status.h"
#include "xmpp/ns.h"

/* "stuns:" and a host name, brackets, port and transport. */
#define MAX_URL 320u

void sp_extdisco_write(sp_xw *w, const char *type) {
  sp_xw_open(w, "services");
  sp_xw_attr(w, "xmlns", SP_STR(SP_NS_EXTDISCO));
  sp_xw_attr(w, "type", sp_str_from(type));
  sp_xw_close(w);
}

static bool is_host(sp_str host) {
  if (host.len == 0 || host.len > 255) return false;
  for (size_t i = 0; i < host.len; i++) {
    char c = host.ptr[i];
    bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alnum && c != '.' && c != '-' && c != '_' && c != ':') return false;
  }
  return true;
}

static bool is_port(sp_str port) {
  uint64_t value;
  return port.len == 0 || (port.len <= 5 && sp_str_to_u64(port, &value) && value > 0 && value <= 65535);
}

static bool is_turn(sp_str type) {
  return sp_str_is(type, "turn") || sp_str_is(type, "turns");
}

/* RFC 7065 §3.1: udp is what a URL without the parameter means. */
static bool is_usable(const sp_xml *service) {
  sp_str type = sp_xml_attr_get(service, "type"), transport = sp_xml_attr_get(service, "transport");
  bool stun = sp_str_is(type, "stun") || sp_str_is(type, "stuns");
  bool known_transport = transport.len == 0 || sp_str_is(transport, "udp") || sp_str_is(transport, "tcp");
  return (stun || (is_turn(type) && known_transport)) && is_host(sp_xml_attr_get(service, "host")) &&
         is_port(sp_xml_attr_get(service, "port"));
}

/* is_usable bounded every part, so the text fits. */
static sp_str make_url(char url[MAX_URL], const sp_xml *service) {
  sp_str type = sp_xml_attr_get(service, "type"), host = sp_xml_attr_get(service, "host");
  sp_str port = sp_xml_attr_get(service, "port"), transport = sp_xml_attr_get(service, "transport");
  bool bracket = sp_str_find_char(host, ':', 0) != SIZE_MAX;
  bool tcp = is_turn(type) && sp_str_is(transport, "tcp");
  const sp_str parts[] = { type,
                           SP_STR(":"),
                           bracket ? SP_STR("[") : SP_STR_NONE,
                           host,
                           bracket ? SP_STR("]") : SP_STR_NONE,
                           port.len > 0 ? SP_STR(":") : SP_STR_NONE,
                           port,
                           tcp ? SP_STR("?transport=tcp") : SP_STR_NONE };
  return (sp_str){ url, sp_str_join(url, parts, sizeof parts / sizeof *parts) };
}

static sp_str present(sp_str s) {
  return s.len > 0 ? s : SP_STR_NONE;
}

static void add_server(sp_buf *out, const sp_xml *service) {
  char url[MAX_URL];
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "urls", make_url(url, service));
  if (is_turn(sp_xml_attr_get(service, "type"))) {
    sp_jw_str(&w, "username", present(sp_xml_attr_get(service, "username")));
    sp_jw_str(&w, "credential", present(sp_xml_attr_get(service, "password")));
  }
  sp_jw_close(&w);
}

static uint64_t expiry(const sp_xml *service) {
  uint64_t at;
  return sp_date_parse_iso(sp_xml_attr_get(service, "expires"), &at) == SP_OK ? at : UINT64_MAX;
}

size_t sp_extdisco_read(sp_buf *out, const sp_xml *reply, uint64_t *expires) {
  size_t count = 0;
  *expires = UINT64_MAX;
  const sp_xml *services = sp_xml_child(reply, SP_NS_EXTDISCO, "services");
  for (const sp_xml *c = services ? services->children : NULL; c; c = c->next) {
    if (!sp_xml_is(c, SP_NS_EXTDISCO, "service") || !is_usable(c)) continue;
    if (count++ > 0) sp_buf_add_char(out, ',');
    add_server(out, c);
    uint64_t at = expiry(c);
    if (at < *expires) *expires = at;
  }
  return count;
}
