/* SPDX-License-Identifier: MIT */
/* headset.h: sdk.headset (headset.md): which device, whether it may be used, what it shows and what its buttons say.
   What the host is to do with WebHID and what the application hears leave as effects; broadcasts to the user's other
   clients wait to be taken. Between construction and the first start, and whenever headsets are off, it
   takes everything and does nothing, as is documented. */
#ifndef SP_HEADSET_HEADSET_H
#define SP_HEADSET_HEADSET_H

#include "base/json.h"
#include "headset/orchestration.h"

typedef struct sp_headset sp_headset;

/* A microphone as the media layer knows it: `id` absent for none, `label` empty when it is not known. */
typedef struct sp_microphone {
  sp_str id, label;
} sp_microphone;

sp_headset *sp_headset_new(const sp_alloc *alloc, sp_effects *fx); /* NULL: out of memory */
void sp_headset_free(sp_headset *h);

/* §1.6 steps 4 to 6: on, with this microphone, or off. `orchestrates` false: no messages at all. */
void sp_headset_use(sp_headset *h, uint64_t now, bool on, bool orchestrates, sp_request_type own,
                    const sp_microphone *microphone);
/* alerting-leader-media: asks and judges otherwise (§2.4). */
void sp_headset_set_leader(sp_headset *h, bool leader);
/* §2.6. */
void sp_headset_select(sp_headset *h, uint64_t now, const sp_microphone *microphone);
sp_str sp_headset_microphone_id(const sp_headset *h); /* the chosen one; borrowed */
/* The list of microphones changed; `microphone` is what the chosen one is now. Only a name that has become known
   counts: browsers keep them back until the first permission. Nothing happens once a device is being used. */
void sp_headset_microphone_known(sp_headset *h, uint64_t now, const sp_microphone *microphone);

/* A command of §1.2: "ringing", "outgoing", "answer", "reject", "end", "endAll", "mute", "hold", "reset"; "clear" drops
   what waits. `queued`: in its turn (§6), else at once. */
void sp_headset_command(sp_headset *h, uint64_t now, sp_str command, sp_str conversation_id, bool value, bool queued);
/* Resolves the app call when the device has taken what was sent, at once when nothing is under way. */
void sp_headset_settle(sp_headset *h, uint32_t call);
/* retryConnection: resolves `call` when the attempt is over; rejects it when nothing is selected. */
void sp_headset_retry(sp_headset *h, uint64_t now, uint32_t call, sp_str label);
/* This client drives the headset, or nobody is asked. */
bool sp_headset_has_controls(const sp_headset *h);

/* SP_IN_HID, as core.h describes it. */
void sp_headset_hid(sp_headset *h, uint64_t now, sp_str what, uint32_t id, double number, sp_str text);
void sp_headset_message_in(sp_headset *h, uint64_t now, const sp_headset_message *message, bool in_call);
void sp_headset_connection_lost(sp_headset *h);
void sp_headset_connection_back(sp_headset *h, uint64_t now);
void sp_headset_tick(sp_headset *h, uint64_t now);
uint64_t sp_headset_deadline(const sp_headset *h);

/* The next broadcast: JSON-RPC text, owned by the caller; false when there is none. */
bool sp_headset_take(sp_headset *h, sp_str *json);
/* Appends {"implementation","orchestrationState","showRetry"}. */
void sp_headset_write(const sp_headset *h, sp_buf *out);

#endif
