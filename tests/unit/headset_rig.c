/* SPDX-License-Identifier: MIT */
#include "headset_rig.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- layouts --- */

static const char *layouts(void) {
  return read_fixture("headset/layouts.txt").ptr;
}

/* The lines of a device: from its first line to the next blank one. */
static char *device_lines(const char *device) {
  char head[64];
  snprintf(head, sizeof head, "device %s ", device);
  const char *at = strstr(layouts(), head);
  if (!at) fail_msg("layouts.txt has no device %s", device);
  const char *end = strstr(at, "\n\n");
  size_t len = end ? (size_t)(end - at) : strlen(at);
  char *copy = malloc(len + 1);
  if (!copy) abort();
  memcpy(copy, at, len);
  copy[len] = '\0';
  return copy;
}

static unsigned long usage_of(const char *word) {
  unsigned page = 0, id = 0;
  if (strchr(word, ':')) (void)sscanf(word, "%x:%x", &page, &id);
  else (void)sscanf(word, "%2x%x", &page, &id);
  return (unsigned long)page << 16 | id;
}

/* "1x2 abs 0B20 0B97", "nested 4x1 arr 0BB0-0BBB", "1x5 c". */
static void write_item(sp_buf *out, char *text) {
  unsigned size = 0, count = 0;
  char kind[8] = "";
  if (strncmp(text, "nested ", 7) == 0) text += 7;
  int read = 0;
  (void)sscanf(text, "%ux%u %7s%n", &size, &count, kind, &read);
  char number[512];
  snprintf(number, sizeof number,
           "{\"reportSize\":%u,\"reportCount\":%u,\"isConstant\":%s,\"isAbsolute\":%s,\"isArray\":%s,"
           "\"logicalMinimum\":0,\"logicalMaximum\":1,\"hasPreferredState\":true",
           size, count, kind[0] == 'c' ? "true" : "false", strcmp(kind, "rel") == 0 ? "false" : "true",
           strcmp(kind, "arr") == 0 ? "true" : "false");
  sp_buf_add_text(out, number);
  const char *range = strchr(text + read, '-');
  if (range) {
    snprintf(number, sizeof number, ",\"isRange\":true,\"usageMinimum\":%lu,\"usageMaximum\":%lu}",
             usage_of(text + read + 1), usage_of(range + 1));
    sp_buf_add_text(out, number);
    return;
  }
  sp_buf_add_text(out, ",\"isRange\":false,\"usages\":[");
  bool first = true;
  for (char *at = text + read, word[16]; sscanf(at, " %15s%n", word, &read) == 1; at += read, first = false) {
    if (!first) sp_buf_add_char(out, ',');
    sp_buf_add_u64(out, usage_of(word));
  }
  sp_buf_add_text(out, "]}");
}

static void write_report(sp_buf *out, char *line) {
  unsigned id = 0;
  char *at = strchr(line, ':');
  (void)sscanf(strchr(line, ' '), "%x", &id);
  sp_buf_add_text(out, "{\"reportId\":");
  sp_buf_add_u64(out, id);
  sp_buf_add_text(out, ",\"items\":[");
  bool first = true;
  for (char *item = at + 1; item; first = false) {
    char *next = strstr(item, " | ");
    if (next) *next = '\0';
    if (!first) sp_buf_add_char(out, ',');
    write_item(out, item + strspn(item, " "));
    item = next ? next + 3 : NULL;
  }
  sp_buf_add_text(out, "]}");
}

/* One collection's reports of a direction; `lines` are those after "collection". */
static void write_reports(sp_buf *out, const char *lines, const char *direction, const char *member) {
  bool first = true;
  sp_buf_add_text(out, ",\"");
  sp_buf_add_text(out, member);
  sp_buf_add_text(out, "\":[");
  for (const char *at = lines; at && strncmp(at, "collection", 10) != 0;
       at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
    if (strncmp(at, direction, strlen(direction)) != 0) continue;
    char line[512];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    if (!first) sp_buf_add_char(out, ',');
    first = false;
    write_report(out, line);
  }
  sp_buf_add_char(out, ']');
}

static void write_collections(sp_buf *out, const char *device) {
  char *lines = device_lines(device);
  bool first = true;
  sp_buf_add_char(out, '[');
  for (char *at = strstr(lines, "collection "); at; at = strstr(at + 1, "collection "), first = false) {
    unsigned page = 0, usage = 0;
    (void)sscanf(at, "collection %x/%x", &page, &usage);
    if (!first) sp_buf_add_char(out, ',');
    char head[96];
    snprintf(head, sizeof head,
             "{\"usagePage\":%u,\"usage\":%u,\"type\":1,\"children\":[{\"usagePage\":11,\"usage\":6}]", page, usage);
    sp_buf_add_text(out, head);
    const char *below = strchr(at, '\n') + 1;
    write_reports(out, below, "in ", "inputReports");
    write_reports(out, below, "out ", "outputReports");
    sp_buf_add_char(out, '}');
  }
  sp_buf_add_char(out, ']');
  free(lines);
}

/* Kept: every allocation failing in turn plays the same devices again and again. */
const char *rig_collections(const char *device) {
  enum { KEPT = 20, SIZE = 8192 };
  static struct { char name[16], text[SIZE]; } kept[KEPT];
  size_t i = 0;
  while (i < KEPT - 1 && kept[i].name[0] && strcmp(kept[i].name, device) != 0) i++;
  if (strcmp(kept[i].name, device) == 0) return kept[i].text;
  sp_buf out;
  sp_buf_init(&out, NULL, SIZE);
  write_collections(&out, device);
  snprintf(kept[i].name, sizeof kept[i].name, "%s", device);
  snprintf(kept[i].text, SIZE, "%.*s", SP_STR_ARG(sp_buf_str(&out)));
  sp_buf_free(&out);
  return kept[i].text;
}

static void ids_of(const char *device, unsigned *vendor, unsigned *product, char *name, size_t size) {
  char *lines = device_lines(device);
  int read = 0;
  (void)sscanf(lines, "device %*s %x:%x%n", vendor, product, &read);
  read += lines[read] == ' ';
  snprintf(name, size, "%.*s", (int)strcspn(lines + read, "\n"), lines + read);
  free(lines);
}

void rig_write_device(sp_buf *out, const char *device, unsigned handle) {
  char text[256], name[128];
  unsigned vendor = 0, product = 0;
  ids_of(device, &vendor, &product, name, sizeof name);
  snprintf(text, sizeof text,
           "{\"device\":%u,\"vendorId\":%u,\"productId\":%u,\"productName\":\"%s\",\"collections\":", handle, vendor,
           product, name);
  sp_buf_add_text(out, text);
  sp_buf_add_text(out, rig_collections(device));
  sp_buf_add_char(out, '}');
}

/* --- the world --- */

enum { MAX_DEVICES = 8, MAX_PENDING = 16 };

typedef struct rig {
  const rig_setup *setup;
  const sp_alloc *alloc;
  sp_headset *h;
  sp_effects *fx;
  uint64_t now;
  bool in_call, stalled;
  struct {
    char name[16];
    bool plugged;
  } devices[MAX_DEVICES];
  size_t device_count;
  int failing;
  char error[32];
  uint32_t stalls[MAX_PENDING];
  size_t stall_count;
  char sent[4096], heard[4096];
} rig;

static void append(char *list, const char *text) {
  size_t len = strlen(list);
  snprintf(list + len, 4096 - len, "%s%s", len ? " | " : "", text);
}

static void write_list(rig *r, sp_buf *out) {
  bool first = true;
  sp_buf_add_char(out, '[');
  for (size_t i = 0; i < r->device_count; i++) {
    if (!r->devices[i].plugged) continue;
    if (!first) sp_buf_add_char(out, ',');
    first = false;
    rig_write_device(out, r->devices[i].name, (unsigned)i + 1);
  }
  sp_buf_add_char(out, ']');
}

static void drain(rig *r);

static void hid(rig *r, const char *what, uint32_t id, double number, const char *text) {
  sp_headset_hid(r->h, r->now, sp_str_from(what), id, number, sp_str_from(text));
  drain(r);
}

static void answer_send(rig *r, uint32_t open) {
  bool fails = r->failing > 0;
  if (fails) r->failing--;
  hid(r, "sent", open, !fails, fails ? r->error : "");
}

/* [2,"0400"] as 02:0400. */
static void note_report(rig *r, const char *at) {
  unsigned id = 0;
  char hex[160] = "", text[192];
  (void)sscanf(at, "[%u,\"%150[0-9a-f]", &id, hex);
  snprintf(text, sizeof text, "%02X:%s", id, hex);
  append(r->sent, text);
}

static void on_hid(rig *r, const char *operation, uint32_t id, const char *text) {
  if (strcmp(operation, "list") == 0) {
    sp_buf out;
    sp_buf_init(&out, NULL, 1 << 20);
    write_list(r, &out);
    sp_buf_add_char(&out, '\0');
    if (r->setup->no_hid) hid(r, "devices", 0, 0, "");
    else hid(r, "devices", 0, 1, out.data);
    sp_buf_free(&out);
  } else if (strcmp(operation, "open") == 0) {
    bool fails = r->failing > 0 && strcmp(r->error, "NotAllowedError") == 0;
    if (fails) r->failing--;
    hid(r, "opened", id, !fails, fails ? r->error : "");
  } else if (strcmp(operation, "send") == 0) {
    note_report(r, text);
    if (r->stalled && r->stall_count < MAX_PENDING) r->stalls[r->stall_count++] = id;
    else answer_send(r, id);
  } else if (strcmp(operation, "close") == 0) {
    for (const char *at = strchr(text + 1, '['); at; at = strchr(at + 1, '[')) note_report(r, at);
    append(r->sent, "close");
  }
}

static void on_event(rig *r, const char *name, const sp_json *payload, const char *raw) {
  static const char *const kinds[][3] = { { "deviceAnsweredCall", "answered", NULL },
                                          { "deviceRejectedCall", "rejected", NULL },
                                          { "deviceEndedCall", "ended", NULL },
                                          { "deviceMuteStatusChanged", "muted", "isMuted" },
                                          { "deviceHoldStatusChanged", "held", "holdRequested" } };
  char text[512];
  sp_str id = sp_json_get_str(payload, "conversationId"), word = sp_json_str(payload);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(name, kinds[i][0]) != 0) continue;
    snprintf(text, sizeof text, "%s %.*s%s", kinds[i][1], SP_STR_ARG(id),
             !kinds[i][2]                                    ? ""
             : sp_json_get_bool(payload, kinds[i][2], false) ? " 1"
                                                             : " 0");
    append(r->heard, text);
  }
  if (strcmp(name, "deviceConnectionStatusChanged") == 0) {
    snprintf(text, sizeof text, "status %.*s", SP_STR_ARG(word));
    append(r->heard, text);
  } else if (strcmp(name, "implementationChanged") == 0) {
    sp_str vendor = sp_json_get_str(payload, "vendorName");
    snprintf(text, sizeof text, "impl %.*s", SP_STR_ARG(vendor.len ? vendor : SP_STR("-")));
    append(r->heard, text);
  } else if (strcmp(name, "webHidPermissionRequested") == 0) {
    const char *from = strchr(raw, '[');
    snprintf(text, sizeof text, "permission %.*s", from ? (int)strcspn(from, "]") + 1 : 0, from ? from : "");
    append(r->heard, text);
  }
}

static void on_message(rig *r, sp_str json) {
  sp_json_doc *doc = NULL;
  if (sp_json_parse(NULL, json, &doc) != SP_OK) fail_msg("a broadcast that is no JSON");
  const sp_json *params = sp_json_get(sp_json_root(doc), "params");
  sp_str method = sp_json_get_str(sp_json_root(doc), "method"), id = sp_json_get_str(params, "requestId");
  sp_str type = sp_json_get_str(params, "requestType"), reason = sp_json_get_str(params, "reason");
  const sp_json *has = sp_json_get(params, "hasControls");
  char text[256];
  if (!sp_str_is(sp_json_get_str(sp_json_root(doc), "jsonrpc"), "2.0")) fail_msg("no JSON-RPC");
  snprintf(text, sizeof text, "say %.*s %.*s%.*s%s%s%.*s", SP_STR_ARG(sp_str_slice(method, 15, method.len)),
           SP_STR_ARG(type), SP_STR_ARG(reason), has ? (sp_json_bool(has, false) ? "1" : "0") : "", id.len ? " " : "",
           SP_STR_ARG(id));
  append(r->heard, text);
  sp_json_free(doc);
}

/* Each effect is copied before it is acted on: acting makes new ones. */
static void drain(rig *r) {
  sp_str json;
  sp_effect fx;
  while (sp_headset_take(r->h, &json)) {
    on_message(r, json);
    sp_str_free(r->alloc, &json);
  }
  while (sp_effects_pop(r->fx, &fx)) {
    char name[64], *text = malloc(fx.text.len + 1);
    if (!text) abort();
    uint32_t id = fx.id;
    sp_effect_kind kind = fx.kind;
    snprintf(name, sizeof name, "%.*s", SP_STR_ARG(fx.name));
    memcpy(text, fx.text.len ? fx.text.ptr : "", fx.text.len);
    text[fx.text.len] = '\0';
    if (kind == SP_FX_HID) {
      on_hid(r, name, id, text);
    } else if (kind == SP_FX_HEADSET) {
      sp_json_doc *doc = NULL;
      if (sp_json_parse(NULL, sp_str_from(text), &doc) != SP_OK) fail_msg("%s: %s", name, text);
      on_event(r, name, sp_json_root(doc), text);
      sp_json_free(doc);
    } else if (kind == SP_FX_RESOLVE && id) {
      char word[64];
      snprintf(word, sizeof word, "resolved%s%s", text[0] ? " " : "", text);
      append(r->heard, word);
    } else if (kind == SP_FX_REJECT) {
      append(r->heard, strstr(text, "No active headset implementation") ? "rejected" : text);
    } else if (kind == SP_FX_LOG && r->setup->warnings && (strcmp(name, "warn") == 0 || strcmp(name, "error") == 0)) {
      append(r->heard, name);
    }
    free(text);
  }
}

/* --- steps --- */

static void pass(rig *r, uint64_t ms) {
  uint64_t until = r->now + ms;
  for (size_t steps = 0; sp_headset_deadline(r->h) <= until; steps++) {
    if (steps > 1000) fail_msg("the headset wants to be woken again and again");
    if (sp_headset_deadline(r->h) > r->now) r->now = sp_headset_deadline(r->h);
    sp_headset_tick(r->h, r->now);
    drain(r);
  }
  r->now = until;
}

static bool do_command(rig *r, const char *act) {
  static const struct {
    const char *word, *command;
    bool value;
  } words[] = { { "ring", "ringing", false },     { "dial", "outgoing", false }, { "answer", "answer", false },
                { "autoanswer", "answer", true }, { "reject", "reject", true },  { "end", "end", false },
                { "endall", "endAll", false },    { "mute", "mute", false },     { "hold", "hold", false },
                { "reset", "reset", false },      { "clear", "clear", false } };
  char word[16] = "", first[32] = "", second[8] = "";
  bool queued = strncmp(act, "queue ", 6) == 0;
  (void)sscanf(queued ? act + 6 : act, "%15s %31s %7s", word, first, second);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(words[i].word, word) != 0) continue;
    bool flag = strcmp(word, "mute") == 0   ? first[0] == '1'
                : strcmp(word, "hold") == 0 ? second[0] == '1'
                                            : words[i].value;
    sp_headset_command(r->h, r->now, sp_str_from(words[i].command),
                       strcmp(word, "mute") == 0 ? SP_STR_NONE : sp_str_from(first), flag, queued);
    return true;
  }
  return false;
}

static void message(rig *r, const char *method, const char *key, const char *value, bool mine, bool user) {
  char json[256];
  snprintf(json, sizeof json, "{\"jsonrpc\":\"2.0\",\"method\":\"headsetControls%s\",\"params\":{\"%s\":%s}}", method,
           key, value);
  sp_headset_message_in(r->h, r->now, &(sp_headset_message){ SP_STR("r1"), sp_str_from(json), mine, user }, r->in_call);
}

static bool do_message(rig *r, const char *word, const char *rest) {
  char value[64];
  snprintf(value, sizeof value, "\"%s\"", rest);
  if (strcmp(word, "request") == 0) message(r, "Request", "requestType", value, false, true);
  else if (strcmp(word, "my-request") == 0) message(r, "Request", "requestType", value, true, true);
  else if (strcmp(word, "stranger-request") == 0) message(r, "Request", "requestType", value, false, false);
  else if (strcmp(word, "rejection") == 0) message(r, "Rejection", "reason", "\"priority\"", false, true);
  else if (strcmp(word, "changed") == 0)
    message(r, "Changed", "hasControls", rest[0] == '1' ? "true" : "false", false, true);
  else if (strcmp(word, "text") == 0)
    sp_headset_message_in(r->h, r->now, &(sp_headset_message){ SP_STR("r1"), sp_str_from(rest), false, true },
                          r->in_call);
  else return false;
  return true;
}

static size_t device_index(rig *r, const char *name) {
  size_t i = 0;
  while (i < r->device_count && strcmp(r->devices[i].name, name) != 0) i++;
  if (i == r->device_count) {
    snprintf(r->devices[i].name, sizeof r->devices[i].name, "%s", name);
    r->devices[i].plugged = false;
    r->device_count++;
  }
  return i;
}

static bool do_device(rig *r, const char *word, const char *rest) {
  if (strcmp(word, "plug") == 0 || strcmp(word, "unplug") == 0) {
    size_t i = device_index(r, rest);
    r->devices[i].plugged = word[0] == 'p';
    hid(r, word[0] == 'p' ? "connect" : "disconnect", (uint32_t)i + 1, 0, "");
  } else if (strcmp(word, "grant") == 0) {
    size_t i = device_index(r, rest);
    sp_buf out;
    r->devices[i].plugged = true;
    sp_buf_init(&out, NULL, 1 << 16);
    sp_buf_add_char(&out, '[');
    rig_write_device(&out, rest, (unsigned)i + 1);
    sp_buf_add_text(&out, "]");
    sp_buf_add_char(&out, '\0');
    hid(r, "granted", 0, 1, out.data);
    sp_buf_free(&out);
  } else if (strcmp(word, "dismiss") == 0) hid(r, "granted", 0, 1, "[]");
  else if (strcmp(word, "grant!") == 0) hid(r, "granted", 0, 0, rest);
  else return false;
  return true;
}

static sp_microphone microphone(const char *label) {
  bool none = strcmp(label, "-") == 0;
  return (sp_microphone){ none ? SP_STR_NONE : SP_STR("mic-1"), none ? SP_STR_NONE : sp_str_from(label) };
}

static void use(rig *r, bool on, const char *label) {
  sp_microphone mic = microphone(label);
  sp_headset_set_leader(r->h, r->setup->leader);
  sp_headset_use(r->h, r->now, on, r->setup->orchestrates, r->setup->own, &mic);
}

static void label_of(rig *r, char *out, size_t size) {
  char name[128];
  unsigned vendor = 0, product = 0;
  if (r->setup->label || !r->device_count) {
    snprintf(out, size, "%s", r->setup->label ? r->setup->label : "-");
    return;
  }
  ids_of(r->devices[0].name, &vendor, &product, name, sizeof name);
  snprintf(out, size, "Headset Microphone (%s) (%04x:%04x)", name, vendor, product);
}

static void flow(rig *r) {
  r->stalled = false;
  while (r->stall_count) {
    uint32_t open = r->stalls[0];
    memmove(r->stalls, r->stalls + 1, --r->stall_count * sizeof *r->stalls);
    answer_send(r, open);
  }
}

static void act(rig *r, const char *text) {
  char word[24] = "", label[192];
  unsigned id = 0;
  char hex[300] = "";
  (void)sscanf(text, "%23s", word);
  const char *rest = strchr(text, ' ') ? strchr(text, ' ') + 1 : "";
  if (text[0] == '+') pass(r, strtoul(text + 1, NULL, 10));
  else if (sscanf(text, "in2 %x %299[0-9a-f]", &id, hex) >= 1) hid(r, "report", 2, id, hex);
  else if (sscanf(text, "in %x %299[0-9a-f]", &id, hex) >= 1) hid(r, "report", 1, id, hex);
  else if (strcmp(word, "fail") == 0) (void)sscanf(rest, "%31s %d", r->error, &r->failing);
  else if (strcmp(word, "stall") == 0) r->stalled = true;
  else if (strcmp(word, "flow") == 0) flow(r);
  else if (strcmp(word, "call") == 0) r->in_call = rest[0] == '1';
  else if (strcmp(word, "lost") == 0) sp_headset_connection_lost(r->h);
  else if (strcmp(word, "back") == 0) sp_headset_connection_back(r->h, r->now);
  else if (strcmp(word, "retry") == 0) sp_headset_retry(r->h, r->now, 7, sp_str_from(rest));
  else if (strcmp(word, "settle") == 0) sp_headset_settle(r->h, 8);
  else if (strcmp(word, "mic") == 0) {
    sp_microphone mic = microphone(rest);
    sp_headset_select(r->h, r->now, &mic);
  } else if (strcmp(word, "known") == 0) {
    sp_microphone mic = microphone(rest);
    sp_headset_microphone_known(r->h, r->now, &mic);
  } else if (strcmp(word, "use") == 0) {
    label_of(r, label, sizeof label);
    use(r, rest[0] == '1', label);
  } else if (strcmp(word, "show") == 0) {
    sp_buf out;
    sp_buf_init(&out, NULL, 4096);
    sp_headset_write(r->h, &out);
    sp_buf_add_char(&out, '\0');
    snprintf(label, sizeof label, "retry %d", strstr(out.data, "\"showRetry\":true") != NULL);
    append(r->heard, label);
    sp_buf_free(&out);
  } else if (!do_command(r, text) && !do_message(r, word, rest) && !do_device(r, word, rest))
    fail_msg("unknown step: %s", text);
  drain(r);
}

/* --- plays --- */

static void begin(rig *r, const rig_setup *setup, const sp_alloc *alloc) {
  char names[128], label[192];
  *r = (rig){ .setup = setup, .alloc = alloc, .now = 100000, .fx = sp_effects_new(NULL) };
  snprintf(names, sizeof names, "%s", setup->devices ? setup->devices : "");
  for (char *name = strtok(names, " "); name; name = strtok(NULL, " "))
    r->devices[device_index(r, name)].plugged = true;
  r->h = sp_headset_new(alloc, r->fx);
  if (!r->h) return;
  label_of(r, label, sizeof label);
  use(r, true, label);
  drain(r);
}

static void look(const step *s, size_t index, const char *what, const char *wanted, char *found) {
  if (wanted && strcmp(wanted, found) != 0)
    fail_msg("step %zu (%s), %s: expected \"%s\", found \"%s\"", index + 1, s->act, what, wanted, found);
  found[0] = '\0';
}

static void run(const rig_setup *setup, const step *steps, size_t count, const sp_alloc *alloc, bool lenient) {
  rig r;
  begin(&r, setup, alloc);
  for (size_t i = 0; r.h && i < count; i++) {
    if (steps[i].act[0]) act(&r, steps[i].act);
    look(&steps[i], i, "sent", lenient ? NULL : steps[i].sent, r.sent);
    look(&steps[i], i, "heard", lenient ? NULL : steps[i].heard, r.heard);
  }
  sp_headset_free(r.h);
  sp_effects_free(r.fx);
}

void play_once(const rig_setup *setup, const step *steps, size_t count) {
  run(setup, steps, count, NULL, false);
}

void play_steps(const rig_setup *setup, const step *steps, size_t count) {
  play_once(setup, steps, count);
  for (size_t n = 1, done = 0; !done; n++) {
    const sp_alloc *alloc = test_alloc_new(n);
    run(setup, steps, count, alloc, true);
    assert_int_equal(test_alloc_live(), 0);
    done = !test_alloc_failed();
  }
}
