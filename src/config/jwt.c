/* SPDX-License-Identifier: MIT */
#include "config/jwt.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/status.h"

static int refuse(const char **why, int status, const char *text) {
  if (why) *why = text;
  return status;
}

/* header.payload.signature; the signature of an unsecured JWT is empty. */
static int find_payload(sp_str text, sp_str *payload, const char **why) {
  if (text.len > SP_MAX_JWT) return refuse(why, SP_ELIMIT, "it is longer than 16 KiB");
  size_t first = sp_str_find_char(text, '.', 0);
  size_t second = first == SIZE_MAX ? SIZE_MAX : sp_str_find_char(text, '.', first + 1);
  if (second == SIZE_MAX || sp_str_find_char(text, '.', second + 1) != SIZE_MAX)
    return refuse(why, SP_ESYNTAX, "it does not have three parts");
  *payload = sp_str_slice(text, first + 1, second);
  return payload->len > 0 ? SP_OK : refuse(why, SP_ESYNTAX, "its payload is empty");
}

static int parse(const sp_alloc *alloc, sp_str payload, sp_json_doc **doc, const char **why) {
  sp_buf bytes;
  sp_buf_init(&bytes, alloc, SP_MAX_JWT);
  int rc = sp_base64_decode(&bytes, payload);
  if (rc == SP_ESYNTAX) refuse(why, rc, "its payload is not base64url");
  if (rc == SP_OK) {
    rc = sp_json_parse(alloc, sp_buf_str(&bytes), doc);
    if (rc == SP_ESYNTAX || rc == SP_ELIMIT) refuse(why, rc, "its payload is not JSON");
  }
  sp_buf_free(&bytes);
  return rc;
}

static int copy_claims(const sp_json *root, sp_jwt *out) {
  const struct {
    const char *path;
    sp_str *to;
  } claims[] = {
    { "data.jid", &out->jid },
    { "data.uid", &out->user_id },
    { "data.conversationId", &out->conversation_id },
    { "data.sourceCommunicationId", &out->source_communication_id },
    { "org", &out->organization_id },
    { "name", &out->name },
  };
  int rc = SP_OK;
  for (size_t i = 0; i < sizeof claims / sizeof *claims && rc == SP_OK; i++)
    rc = sp_str_dup(out->alloc, sp_json_str(sp_json_path(root, claims[i].path)), claims[i].to);
  out->expires_at = sp_json_number(sp_json_get(root, "exp"), 0) * 1000;
  return rc;
}

/* The domain of the address is the server we connect to. */
static bool names_a_server(sp_str jid) {
  size_t slash = sp_str_find_char(jid, '/', 0);
  size_t end = slash == SIZE_MAX ? jid.len : slash, at = sp_str_find_char(jid, '@', 0);
  size_t from = at == SIZE_MAX || at > end ? 0 : at + 1;
  return jid.len <= SP_MAX_JID && end > from;
}

int sp_jwt_read(const sp_alloc *alloc, sp_str text, sp_jwt *out, const char **why) {
  sp_str payload = SP_STR_NONE;
  sp_json_doc *doc = NULL;
  *out = (sp_jwt){ .alloc = alloc };
  refuse(why, SP_OK, "out of memory");
  int rc = find_payload(text, &payload, why);
  if (rc == SP_OK) rc = parse(alloc, payload, &doc, why);
  if (rc == SP_OK && !sp_json_is_object(sp_json_root(doc)))
    rc = refuse(why, SP_ESYNTAX, "its payload is not an object");
  if (rc == SP_OK) rc = copy_claims(sp_json_root(doc), out);
  if (rc == SP_OK && !names_a_server(out->jid)) rc = refuse(why, SP_ESYNTAX, "it has no usable data.jid");
  sp_json_free(doc);
  if (rc != SP_OK) sp_jwt_free(out);
  return rc;
}

void sp_jwt_free(sp_jwt *jwt) {
  sp_str *texts[] = {
    &jwt->jid, &jwt->user_id, &jwt->conversation_id, &jwt->source_communication_id, &jwt->organization_id, &jwt->name
  };
  sp_str_free_all(jwt->alloc, texts, sizeof texts / sizeof *texts);
}
