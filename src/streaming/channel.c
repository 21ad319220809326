/* SPDX-License-Identifier: MIT */
#include "streaming/channel.h"

#include "base/status.h"

#include <string.h>

int sp_channel_init(sp_channel *c, const sp_alloc *alloc, sp_rest *rest, sp_str user_id, sp_str jid) {
  *c = (sp_channel){ .alloc = alloc, .rest = rest, .hard_required = true };
  if (sp_str_dup(alloc, user_id, &c->user_id) == SP_OK && sp_str_dup(alloc, jid, &c->jid) == SP_OK) return SP_OK;
  sp_channel_free(c);
  return SP_ENOMEM;
}

void sp_channel_free(sp_channel *c) {
  sp_str_free(c->alloc, &c->user_id);
  sp_str_free(c->alloc, &c->jid);
  sp_str_free(c->alloc, &c->id);
}

int sp_channel_set_identity(sp_channel *c, sp_str user_id, sp_str jid) {
  sp_str kept = SP_STR_NONE;
  if (sp_str_dup(c->alloc, user_id, &kept) != SP_OK) return SP_ENOMEM;
  if (sp_str_set(c->alloc, &c->jid, jid) != SP_OK) {
    sp_str_free(c->alloc, &kept);
    return SP_ENOMEM;
  }
  sp_str_free(c->alloc, &c->user_id);
  c->user_id = kept;
  return SP_OK;
}

void sp_channel_abandon(sp_channel *c) {
  c->attempt++;
  c->identity_pending = c->channel_pending = c->ahead = false;
}

static bool request(sp_channel *c, uint64_t now, const char *method, sp_str path, uint8_t op) {
  sp_token token = { SP_OWNER_STREAMING, op, c->attempt };
  return sp_rest_request(c->rest, now, method, path, SP_STR_NONE, 0, 0, token) == SP_OK;
}

static void request_channel(sp_channel *c, uint64_t now, uint8_t op) {
  c->op_channel = op;
  c->failure = (sp_channel_failure){ 0, 0, 0 };
  c->channel_outcome = SP_CHANNEL_FAILED;
  c->channel_pending = request(c, now, "POST", SP_STR("notifications/channels?connectionType=streaming"), op);
}

static void request_identity(sp_channel *c, uint64_t now, uint8_t op) {
  c->op_identity = op;
  c->identity_failure = (sp_channel_failure){ 0, 0, 0 };
  c->identity_outcome = SP_CHANNEL_READY;
  if (c->user_id.len > 0 && c->jid.len > 0) return;
  c->identity_pending = request(c, now, "GET", SP_STR("users/me"), op);
  if (!c->identity_pending) c->identity_outcome = SP_CHANNEL_FAILED;
}

static bool needs_new(sp_channel *c) {
  if (!c->hard_required && ++c->reuses >= SP_CHANNEL_SOCKETS) {
    c->reuses = 0;
    c->hard_required = true;
  }
  return c->hard_required;
}

/* R3 is looked at first, then R1 (wire.md §2.2). */
static sp_channel_outcome conclude(sp_channel *c) {
  if (c->channel_pending) return SP_CHANNEL_WAITING;
  if (c->channel_outcome != SP_CHANNEL_READY) {
    sp_channel_abandon(c);
    return c->channel_outcome;
  }
  if (c->identity_pending) return SP_CHANNEL_WAITING;
  if (c->identity_outcome != SP_CHANNEL_READY) {
    c->failure = c->identity_failure;
    return c->identity_outcome;
  }
  c->hard_required = false;
  return SP_CHANNEL_READY;
}

void sp_channel_prepare(sp_channel *c, uint64_t now, uint8_t op_channel) {
  if (c->ahead || !c->hard_required) return;
  sp_channel_abandon(c);
  request_channel(c, now, op_channel);
  c->ahead = c->channel_pending;
}

/* A channel that could not be made ahead is asked for again, unless the server forbade that or wants us to
   wait. What the host knows of the failed request is gone by now. */
static bool is_usable(sp_channel *c) {
  if (!c->ahead) return false;
  c->failure.request = 0;
  return c->channel_pending || c->channel_outcome != SP_CHANNEL_FAILED || c->failure.wait_ms > 0;
}

sp_channel_outcome sp_channel_begin(sp_channel *c, uint64_t now, uint8_t op_identity, uint8_t op_channel) {
  bool ahead = is_usable(c);
  if (!ahead) sp_channel_abandon(c);
  c->ahead = false;
  if (!ahead && !needs_new(c)) return SP_CHANNEL_READY;
  request_identity(c, now, op_identity);
  if (!ahead) request_channel(c, now, op_channel);
  return conclude(c);
}

static sp_channel_outcome classify(const sp_rest_result *result, sp_channel_failure *failure) {
  if (result->failure == SP_HTTP_OK && result->ok) return SP_CHANNEL_READY;
  uint64_t wait = result->has_retry_after ? (uint64_t)result->retry_after_s * 1000 : 0;
  *failure = (sp_channel_failure){ result->request, result->status, wait };
  return result->status == 401 || result->status == 403 ? SP_CHANNEL_REFUSED : SP_CHANNEL_FAILED;
}

static sp_channel_outcome keep_identity(sp_channel *c, const sp_json *body) {
  sp_str id = sp_json_get_str(body, "id"), jid = sp_json_str(sp_json_path(body, "chat.jabberId"));
  if (id.len == 0 || jid.len == 0) return SP_CHANNEL_FAILED;
  if (sp_str_set(c->alloc, &c->user_id, id) != SP_OK) return SP_CHANNEL_FAILED;
  return sp_str_set(c->alloc, &c->jid, jid) == SP_OK ? SP_CHANNEL_READY : SP_CHANNEL_FAILED;
}

static sp_channel_outcome keep_channel(sp_channel *c, const sp_json *body) {
  sp_str id = sp_json_get_str(body, "id");
  if (id.len == 0) return SP_CHANNEL_FAILED;
  return sp_str_set(c->alloc, &c->id, id) == SP_OK ? SP_CHANNEL_READY : SP_CHANNEL_FAILED;
}

sp_channel_outcome sp_channel_result(sp_channel *c, const sp_rest_result *result) {
  if (result->token.id != c->attempt) return SP_CHANNEL_WAITING;
  if (result->token.op == c->op_channel && c->channel_pending) {
    c->channel_outcome = classify(result, &c->failure);
    if (c->channel_outcome == SP_CHANNEL_READY) c->channel_outcome = keep_channel(c, result->body);
    c->channel_pending = false;
    return c->ahead ? SP_CHANNEL_WAITING : conclude(c);
  }
  if (result->token.op == c->op_identity && c->identity_pending) {
    c->identity_outcome = classify(result, &c->identity_failure);
    if (c->identity_outcome == SP_CHANNEL_READY) c->identity_outcome = keep_identity(c, result->body);
    c->identity_pending = false;
    return conclude(c);
  }
  return SP_CHANNEL_WAITING;
}

void sp_channel_add_segment(sp_buf *out, sp_str segment) {
  static const char hex[] = "0123456789ABCDEF";
  for (size_t i = 0; i < segment.len; i++) {
    unsigned char c = (unsigned char)segment.ptr[i];
    bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alnum || (c != '\0' && strchr("-._~!$&'()*+,;=:@", c))) {
      sp_buf_add_char(out, (char)c);
    } else {
      sp_buf_add_char(out, '%');
      sp_buf_add_char(out, hex[c >> 4]);
      sp_buf_add_char(out, hex[c & 15]);
    }
  }
}
