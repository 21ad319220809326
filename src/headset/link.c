/* SPDX-License-Identifier: MIT */
/* From a microphone to an open device: selection, permission, plugging (§11 to §14). */
#include "headset/internal.h"

#define PERMISSION_MS 30000u

static bool is_connecting(const sp_link *link) {
  return link->state >= SP_LINK_LISTING && link->state <= SP_LINK_OPENING;
}

static void hid(sp_headset *h, const char *operation, uint32_t id, sp_str text) {
  sp_effects_push(h->fx, SP_FX_HID, id, sp_str_from(operation), text);
}

static void emit_status(sp_headset *h, const char *status) {
  sp_buf *text = sp_effects_scratch(h->fx);
  sp_buf_add_json(text, sp_str_from(status));
  sp_effects_push(h->fx, SP_FX_HEADSET, 0, SP_STR("deviceConnectionStatusChanged"), sp_buf_str(text));
}

/* --- the implementation object (§1.5) --- */

void sp_link_write(const sp_headset *h, sp_jw *w, const char *key) {
  const sp_link *link = &h->link;
  bool runs = link->state == SP_LINK_RUNNING;
  if (link->state == SP_LINK_NONE) {
    sp_jw_raw(w, key, SP_STR("null"));
    return;
  }
  sp_str name = link->name.ptr ? link->name : SP_STR("");
  const sp_call_record *active = sp_book_active((sp_book *)&h->book);
  sp_jw_open(w, key, '{');
  sp_jw_str(w, "vendorName", sp_str_from(sp_hid_vendor_name(link->vendor)));
  sp_jw_bool(w, "isConnecting", is_connecting(link));
  sp_jw_bool(w, "isConnected", runs);
  sp_jw_bool(w, "isMuted", active && active->muted);
  sp_jw_raw(w, "errorCode", SP_STR("null"));
  sp_jw_bool(w, "disableRetry", false);
  if (runs) {
    sp_jw_open(w, "deviceInfo", '{');
    sp_jw_str(w, "ProductName", name);
    sp_jw_str(w, "deviceName", name);
    sp_jw_bool(w, "attached", true);
    sp_jw_close(w);
  } else {
    sp_jw_raw(w, "deviceInfo", SP_STR("null"));
  }
  sp_jw_str(w, "deviceName", name);
  sp_jw_bool(w, "isDeviceAttached", runs);
  sp_jw_close(w);
}

static void emit_implementation(sp_headset *h) {
  sp_jw w;
  sp_jw_begin(&w, sp_effects_scratch(h->fx));
  sp_link_write(h, &w, NULL);
  sp_effects_push(h->fx, SP_FX_HEADSET, 0, SP_STR("implementationChanged"), sp_buf_str(w.buf));
}

/* --- ends --- */

static void settle_retry(sp_headset *h) {
  sp_resolve(h->fx, h->link.retry_call, SP_STR_NONE);
  h->link.retry_call = 0;
}

/* The device is let go of; the link itself goes on. Calls that waited for it wait no longer. */
static void close_device(sp_headset *h, bool off) {
  if (sp_driver_is_open(&h->driver)) sp_driver_close(&h->driver, off);
  else if (h->link.open) hid(h, "close", h->link.open, SP_STR("[]"));
  h->link.open = 0;
  sp_timer_stop(&h->link.patience);
  sp_timer_stop(&h->stuck);
  sp_queue_settle(h);
}

static void stop(sp_headset *h, sp_link_state state) {
  close_device(h, false);
  h->link.state = state;
  emit_status(h, "notRunning");
  settle_retry(h);
}

void sp_link_release(sp_headset *h, bool off, bool silent) {
  bool was = h->link.state != SP_LINK_NONE;
  close_device(h, off);
  h->link.state = SP_LINK_NONE;
  h->link.device = h->link.granted = 0;
  sp_str_free(h->alloc, &h->link.label);
  sp_str_free(h->alloc, &h->link.name);
  settle_retry(h);
  if (silent) return;
  if (was) emit_implementation(h);
  if (h->orchestration.state != SP_CONTROLS_ALTERNATIVE) emit_status(h, "noVendor");
}

/* --- beginnings --- */

static const sp_json *list_of(const sp_headset *h) {
  return h->devices ? sp_json_root(h->devices) : NULL;
}

bool sp_link_supports(const sp_headset *h, sp_str label) {
  sp_hid_device device;
  if (h->unsupported || !label.len) return false;
  return sp_hid_label_read(label).known || sp_hid_match(list_of(h), label, &device);
}

static bool find_device(const sp_headset *h, uint32_t handle, sp_hid_device *out) {
  size_t seen = 0;
  for (const sp_json *json = sp_json_first(list_of(h)); json && seen++ < SP_MAX_HID_DEVICES; json = sp_json_next(json))
    if (handle && sp_hid_device_read(json, out) == SP_OK && out->handle == handle) return true;
  return false;
}

/* Which of the granted devices it is to be. */
static bool choose(const sp_headset *h, sp_hid_device *out) {
  return find_device(h, h->link.granted, out) || sp_hid_match(list_of(h), h->link.label, out);
}

static void begin(sp_headset *h) {
  h->link.state = SP_LINK_LISTING;
  h->link.asked = h->link.reopened = false;
  emit_status(h, "checking");
  hid(h, "list", 0, SP_STR_NONE);
}

void sp_link_select(sp_headset *h, uint64_t now, sp_str label) {
  sp_hid_device device;
  sp_queue_clear(h);
  if (!sp_link_supports(h, label)) {
    sp_link_release(h, true, false);
    return;
  }
  bool matched = sp_hid_match(list_of(h), label, &device);
  if (h->link.state == SP_LINK_RUNNING &&
      (matched ? device.handle == h->link.device : sp_str_eq(h->link.label, label))) {
    sp_driver_refresh(&h->driver, now, false);
    return;
  }
  close_device(h, true);
  settle_retry(h);
  h->link.granted = h->link.device = 0;
  h->link.vendor = matched ? device.vendor : sp_hid_label_read(label).vendor;
  sp_str_free(h->alloc, &h->link.name);
  if (sp_str_set(h->alloc, &h->link.label, label) != SP_OK) {
    sp_link_release(h, true, false);
    return;
  }
  h->link.state = SP_LINK_LISTING;
  emit_implementation(h);
  begin(h);
}

static void open_device(sp_headset *h, const sp_hid_device *device) {
  h->link.state = SP_LINK_OPENING;
  h->link.device = device->handle;
  h->link.vendor = device->vendor;
  h->link.product = device->product;
  h->link.granted = 0;
  (void)sp_str_set(h->alloc, &h->link.name, device->name);
  sp_timer_stop(&h->link.patience);
  h->link.open = ++h->link.last_open;
  sp_buf *text = sp_effects_scratch(h->fx);
  sp_buf_add_u64(text, device->handle);
  hid(h, "open", h->link.open, sp_buf_str(text));
}

/* §11 step 3: the narrowest filter that the label allows. Phones and handsets count, so no usage is named. */
static void ask(sp_headset *h, uint64_t now) {
  enum { TELEPHONY = 0x0B };
  sp_hid_label ids = sp_hid_label_read(h->link.label);
  sp_jw w;
  h->link.state = SP_LINK_ASKING;
  h->link.asked = true;
  sp_timer_arm(&h->link.patience, now, PERMISSION_MS);
  sp_jw_begin(&w, sp_effects_scratch(h->fx));
  sp_jw_open(&w, NULL, '{');
  sp_jw_open(&w, "callback", '{');
  sp_jw_open(&w, "$grant", '[');
  sp_jw_open(&w, NULL, '{');
  if (ids.vendor) sp_jw_num(&w, "vendorId", ids.vendor);
  if (ids.product) sp_jw_num(&w, "productId", ids.product);
  sp_jw_num(&w, "usagePage", TELEPHONY);
  for (int i = 0; i < 4; i++) sp_jw_close(&w);
  sp_effects_push(h->fx, SP_FX_HEADSET, 0, SP_STR("webHidPermissionRequested"), sp_buf_str(w.buf));
}

static void refuse(sp_headset *h) {
  sp_log0(h->fx, SP_LOG_ERROR, "The selected device was not granted WebHID permissions");
  stop(h, SP_LINK_STOPPED);
}

static void log_unusable(const sp_headset *h) {
  size_t seen = 0;
  for (const sp_json *json = sp_json_first(list_of(h)); json && seen++ < SP_MAX_HID_DEVICES;
       json = sp_json_next(json)) {
    sp_hid_device device;
    int status = sp_hid_device_read(json, &device);
    if (status == SP_OK) continue;
    sp_log(h->fx, SP_LOG_WARN, "A HID device is not understood", SP_NUM("vendorId", device.vendor),
           SP_NUM("productId", device.product), SP_WORD("status", sp_str_from(sp_status_name(status))));
  }
}

void sp_link_devices(sp_headset *h, uint64_t now) {
  sp_hid_device device;
  sp_link *link = &h->link;
  if (link->state == SP_LINK_LISTING || link->state == SP_LINK_ASKING) {
    if (h->unsupported) sp_link_release(h, false, false);
    else if (choose(h, &device)) open_device(h, &device);
    else if (link->state == SP_LINK_LISTING) {
      log_unusable(h);
      if (link->asked) refuse(h);
      else ask(h, now);
    }
  } else if (link->state == SP_LINK_LOST) {
    /* Device objects are not reused, and the layout may differ after an update of its firmware. */
    if (!choose(h, &device) || device.vendor != link->vendor || device.product != link->product) return;
    emit_status(h, "checking");
    open_device(h, &device);
  }
}

void sp_link_opened(sp_headset *h, uint64_t now, bool ok, sp_str error) {
  sp_hid_device device;
  if (h->link.state != SP_LINK_OPENING) return;
  if (!ok || !find_device(h, h->link.device, &device)) {
    sp_log_word(h->fx, SP_LOG_WARN, "The headset could not be opened", "name", error);
    stop(h, SP_LINK_STOPPED);
    return;
  }
  h->link.state = SP_LINK_RUNNING;
  sp_driver_open(&h->driver, now, h->link.open, &device);
  sp_log(h->fx, device.map.is_ambiguous ? SP_LOG_WARN : SP_LOG_INFO, "Headset opened",
         SP_NUM("vendorId", device.vendor), SP_NUM("productId", device.product),
         SP_NUM("outputReports", device.map.outputs), SP_FLAG("ambiguousReports", device.map.is_ambiguous));
  emit_status(h, "running");
  settle_retry(h);
}

/* `closed`: the browser says that it is not open: it slept, perhaps. One new opening is worth it. */
void sp_link_failed(sp_headset *h, bool closed) {
  sp_hid_device device;
  if (!closed || h->link.reopened || !find_device(h, h->link.device, &device)) {
    stop(h, SP_LINK_STOPPED);
    return;
  }
  close_device(h, false);
  h->link.reopened = true;
  open_device(h, &device);
}

/* The application's click had an outcome: `text` lists what was granted, or names an error. */
void sp_link_granted(sp_headset *h, bool ok, sp_str text) {
  sp_link *link = &h->link;
  if (link->state == SP_LINK_NONE || link->state == SP_LINK_OPENING || link->state == SP_LINK_RUNNING) return;
  if (!ok && sp_str_is(text, "SecurityError")) {
    sp_log0(h->fx, SP_LOG_WARN, "WebHID permissions can only be asked for in a click");
    return;
  }
  sp_json_doc *doc = NULL;
  sp_hid_device device;
  uint32_t granted = 0;
  if (ok && sp_json_parse(h->alloc, text, &doc) == SP_OK)
    for (const sp_json *json = sp_json_first(sp_json_root(doc)); json && !granted; json = sp_json_next(json))
      if (sp_hid_device_read(json, &device) == SP_OK) granted = device.handle;
  sp_json_free(doc);
  if (!granted && link->state != SP_LINK_ASKING) return; /* nothing came of a late click */
  if (link->state != SP_LINK_ASKING) emit_status(h, "checking");
  sp_timer_stop(&link->patience);
  link->granted = granted;
  link->asked = true;
  link->state = SP_LINK_LISTING;
  hid(h, "list", 0, SP_STR_NONE);
}

/* Calls go on; only their buttons are gone. */
void sp_link_unplugged(sp_headset *h) {
  if (h->link.state == SP_LINK_OPENING || h->link.state == SP_LINK_RUNNING) stop(h, SP_LINK_LOST);
}

void sp_link_retry(sp_headset *h, sp_str label) {
  if (is_connecting(&h->link) || h->link.state == SP_LINK_RUNNING) return;
  (void)sp_str_set(h->alloc, &h->link.label, label);
  begin(h);
}

void sp_link_tick(sp_headset *h, uint64_t now) {
  if (sp_timer_due(&h->link.patience, now)) refuse(h);
}
