/* SPDX-License-Identifier: MIT */
/* limits.h: a named cap for everything that a peer, a server or a page can make grow, with the reason. */
#ifndef SP_BASE_LIMITS_H
#define SP_BASE_LIMITS_H

/* One WebSocket message. The largest real ones are conversation events of big conferences, well under 256
   KiB. */
#define SP_MAX_FRAME (1u << 20)
/* Nested elements: a Jingle offer needs 6. */
#define SP_MAX_XML_DEPTH 32u
/* Attributes of one element: a propose has 9. */
#define SP_MAX_XML_ATTRIBUTES 64u
/* Elements of one stanza: guards the arena against a frame of empty tags. */
#define SP_MAX_XML_ELEMENTS 16384u
/* Namespace declarations in scope at one element. */
#define SP_MAX_XML_NAMESPACES 64u
/* Bytes of scratch memory that one input may use: a frame's tree is a few times its text. */
#define SP_MAX_SCRATCH (16u << 20)
/* One JSON text: an HTTP body, a JSON-RPC payload, a configuration. */
#define SP_MAX_JSON       (4u << 20)
#define SP_MAX_JSON_DEPTH 64u
/* The values of one JSON text in memory: real texts need about six times their size, a text of empty values
   thirty. */
#define SP_MAX_JSON_TREE (32u << 20)
/* A bare or full JID: RFC 7622 §3.1 allows 1023 octets a part. */
#define SP_MAX_JID 3071u
/* JSON of one option, such as a constraint or the headers: real ones are tens of bytes. */
#define SP_MAX_OPTION (64u << 10)
/* A URL, WebSocket or REST: a JWT in it is a few KiB. */
#define SP_MAX_URL (32u << 10)
/* SDP of one description: Chromium's largest video offers are about 12 KiB. */
#define SP_MAX_SDP (256u << 10)
/* Sections of one description, the session part among them, lines of a section and bytes of a line: Chromium's video
   section has about 200 lines, and a line of parameters less than 200 bytes. Payloads are numbered 0 to 127. */
#define SP_MAX_SDP_SECTIONS 64u
#define SP_MAX_SDP_LINES    1024u
#define SP_MAX_SDP_LINE     4096u
#define SP_MAX_SDP_PAYLOADS 128u
/* Effects waiting for the host; it drains after each input. */
#define SP_MAX_EFFECTS 65536u
/* Bytes that one effect may carry. */
#define SP_MAX_EFFECT_TEXT (4u << 20)
/* Bytes of all effects that wait. */
#define SP_MAX_EFFECT_BYTES (32u << 20)
/* Requests and stanzas awaiting an answer. */
#define SP_MAX_REST_REQUESTS 256u
#define SP_MAX_IQ_WAITING    256u
/* Pending sessions, media sessions, app calls in flight: an agent has a handful. */
#define SP_MAX_PENDING_SESSIONS 64u
#define SP_MAX_SESSIONS         64u
#define SP_MAX_CALLS            256u
/* Conversations looked up after a reconnect, one after the other: an agent has a handful. */
#define SP_MAX_DOUBTS 64u
/* Live conversations in the store: a supervisor follows about a thousand. */
#define SP_MAX_CONVERSATIONS     4096u
#define SP_MAX_PARTICIPANTS      512u
#define SP_MAX_PARTICIPANT_CALLS 64u
/* Remote tracks of one kind on a peer connection that are counted: a conference has one, an observer four. */
#define SP_MAX_TRACKS 64u
/* wire.md §6.4: a topic's text and the topics of one channel. */
#define SP_MAX_TOPIC_TEXT 200u
#define SP_MAX_TOPICS     1000u
/* Devices of one enumeration: a desk has a dozen, a virtual desktop a few dozen. */
#define SP_MAX_DEVICES 256u
/* wire.md §9.3, §9.4: caches of the signaling table. */
#define SP_MAX_EARLY_SESSIONS   10u
#define SP_MAX_EARLY_CANDIDATES 64u
#define SP_MAX_REINVITES        5u
/* wire.md §10: of one Jingle session, actions that wait while a description is applied (a round trip in the browser),
   bytes that they need, and candidates of either side that wait for the answer (a network has a dozen). */
#define SP_MAX_JINGLE_QUEUE      32u
#define SP_MAX_JINGLE_ACTION     (256u << 10)
#define SP_MAX_JINGLE_CANDIDATES 128u
/* Addresses of STUN and TURN servers that diagnostics try: each is a peer connection; a session has about six. */
#define SP_MAX_DIAGNOSED_SERVERS 16u
/* Ids that are over, remembered for seconds: more calls than an agent ends in that time. */
#define SP_MAX_RECENT 16u

/* Headsets: bytes of one HID report (a full-speed interrupt transfer), calls the headset knows of, changes that wait
   for a device to take the one before, granted devices that are looked at, and reports of one device in a second: a
   press makes two to four, and no hand presses thirty times. */
#define SP_MAX_HID_REPORT             64u
#define SP_MAX_HEADSET_CALLS          16u
#define SP_MAX_HEADSET_QUEUE          32u
#define SP_MAX_HID_DEVICES            64u
#define SP_MAX_HID_REPORTS_PER_SECOND 100u

#endif
