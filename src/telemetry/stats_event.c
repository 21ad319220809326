/* SPDX-License-Identifier: MIT */
#include "telemetry/stats_event.h"

#include "base/number.h"

#include <math.h>

typedef enum direction { OUTBOUND, INBOUND } direction;

/* Where the members of a track are called differently. */
static const struct names {
  const char *type, *bytes, *packets, *interval_packets;
} names[] = {
  [OUTBOUND] = { "outbound-rtp", "bytesSent", "packetsSent", "intervalPacketsSent" },
  [INBOUND] = { "inbound-rtp", "bytesReceived", "packetsReceived", "intervalPacketsReceived" },
};

/* One source with the records that tell about it; NULL where there is none. */
typedef struct source {
  direction direction;
  const sp_json *rtp, *far, *media, *track, *codec;
} source;

static void number(sp_jw *w, const char *key, double value) {
  if (!sp_is_nan(value)) sp_jw_num(w, key, value);
}

static double or_zero(double value) {
  return sp_is_nan(value) ? 0 : value;
}

/* The first non-empty text of three records. */
static sp_str any_text(const sp_json *a, const sp_json *b, const sp_json *c, const char *key) {
  sp_str text = sp_json_get_str(a, key);
  if (text.len == 0) text = sp_json_get_str(b, key);
  return text.len > 0 ? text : sp_json_get_str(c, key);
}

static void begin(sp_jw *w, sp_buf *out, const char *name, const sp_stats_head *head) {
  sp_jw_begin(w, out);
  sp_jw_open(w, NULL, '{');
  sp_jw_str(w, "name", sp_str_from(name));
  sp_jw_raw(w, "session", head->session);
  if (head->conference.len > 0) sp_jw_str(w, "conference", head->conference);
}

static void write_initiator(sp_jw *w, const sp_stats_head *head) {
  if (head->initiator >= 0) sp_jw_bool(w, "initiator", head->initiator > 0);
}

/* --- the candidate pair --- */

static void write_pair_types(sp_jw *w, const sp_json *local, const sp_json *remote) {
  sp_str ours = sp_json_get_str(local, "candidateType"), theirs = sp_json_get_str(remote, "candidateType");
  if (ours.len == 0 || theirs.len == 0) return;
  sp_buf text;
  sp_buf_init(&text, w->buf->alloc, 1024);
  sp_buf_add(&text, ours);
  sp_buf_add_char(&text, ';');
  sp_buf_add(&text, theirs);
  sp_jw_str(w, "candidatePair", sp_buf_str(&text));
  if (w->buf->status == SP_OK) w->buf->status = sp_buf_status(&text);
  sp_buf_free(&text);
}

/* The type preference of a candidate's priority (RFC 8445 §5.1.2.1) tells how the relay is reached. */
static void write_network(sp_jw *w, const sp_json *local, bool with_turn) {
  static const char *const turn_types[] = { "tls", "tcp", "udp" };
  double priority = sp_report_number(local, "priority");
  if (sp_is_nan(priority) || priority == 0) return;
  double kind = floor(priority / 16777216.0);
  if (with_turn && kind >= 0 && kind <= 2) sp_jw_str(w, "turnType", sp_str_from(turn_types[(int)kind]));
  sp_jw_str(w, "networkType", sp_json_get_str(local, "networkType"));
}

static void write_pair_details(sp_jw *w, const sp_json *local, const sp_json *remote, const sp_json *pair) {
  sp_jw_open(w, "candidatePairDetails", '{');
  sp_jw_json(w, "local", local);
  sp_jw_json(w, "remote", remote);
  sp_jw_json(w, "pair", pair);
  sp_jw_close(w);
}

static void write_selected(sp_jw *w, const sp_report *report, const sp_json *pair) {
  const sp_json *local = sp_report_follow(report, pair, "localCandidateId");
  const sp_json *remote = sp_report_follow(report, pair, "remoteCandidateId");
  sp_str transport = sp_json_get_str(local, "transport"), address = sp_json_get_str(local, "address");
  if (transport.len == 0) transport = sp_json_get_str(local, "protocol");
  if (address.len == 0) address = sp_json_get_str(local, "ip");
  sp_jw_str(w, "localCandidateType", sp_json_get_str(local, "candidateType"));
  sp_jw_str(w, "remoteCandidateType", sp_json_get_str(remote, "candidateType"));
  write_pair_types(w, local, remote);
  write_pair_details(w, local, remote, pair);
  sp_jw_str(w, "transport", transport);
  write_network(w, local, true);
  sp_jw_bool(w, "usingIPv6", sp_str_find_char(address, ':', 0) != SIZE_MAX);
}

void sp_stats_write_connect(sp_buf *out, const sp_stats_head *head, const sp_stats_host *host, const sp_report *report,
                            double connect_ms) {
  sp_jw w;
  begin(&w, out, "connect", head);
  sp_jw_str(&w, "userAgent", host->user_agent);
  sp_jw_str(&w, "platform", host->platform);
  if (host->cores > 0) sp_jw_num(&w, "cores", host->cores);
  number(&w, "connectTime", connect_ms);
  const sp_json *pair = report ? sp_report_last_pair(report) : NULL;
  if (pair) write_selected(&w, report, pair);
  sp_jw_close(&w);
}

bool sp_stats_write_ice_type(sp_buf *out, const sp_report *report) {
  const sp_json *pair = sp_report_last_pair(report);
  sp_str local = sp_json_get_str(sp_report_follow(report, pair, "localCandidateId"), "candidateType");
  sp_str remote = sp_json_get_str(sp_report_follow(report, pair, "remoteCandidateId"), "candidateType");
  if (local.len == 0 || remote.len == 0) return false;
  sp_jw w;
  sp_jw_begin(&w, out);
  sp_jw_open(&w, NULL, '{');
  sp_jw_str(&w, "localCandidateType", local);
  sp_jw_bool(&w, "relayed", sp_str_is(local, "relay") || sp_str_is(remote, "relay"));
  sp_jw_str(&w, "remoteCandidateType", remote);
  sp_jw_close(&w);
  return true;
}

/* --- the sample --- */

static bool changed(uint64_t *remembered, sp_str id) {
  uint64_t hash = sp_report_hash(id);
  bool is_other = *remembered != 0 && *remembered != hash;
  *remembered = hash;
  return is_other;
}

static void write_pair_counters(sp_jw *w, const sp_report *report, sp_stats_memory *memory) {
  static const char *const counters[] = {
    "bytesSent",     "bytesReceived",     "requestsSent",        "requestsReceived",
    "responsesSent", "responsesReceived", "consentRequestsSent", "totalRoundTripTime",
  };
  const sp_json *pair = sp_report_first_pair(report);
  if (!pair) return;
  for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
    number(w, counters[i], sp_report_number(pair, counters[i]));
  const sp_json *local = sp_report_follow(report, pair, "localCandidateId");
  write_pair_types(w, local, sp_report_follow(report, pair, "remoteCandidateId"));
  write_network(w, local, false);
  sp_jw_bool(w, "localCandidateChanged", changed(&memory->local_candidate, sp_json_get_str(pair, "localCandidateId")));
  sp_jw_bool(w, "remoteCandidateChanged",
             changed(&memory->remote_candidate, sp_json_get_str(pair, "remoteCandidateId")));
}

static bool has_active_pair(const sp_report *report, const sp_json *rtp) {
  const sp_json *transport = sp_report_follow(report, rtp, "transportId");
  return sp_report_follow(report, transport, "selectedCandidatePairId") != NULL;
}

static bool any_active_pair(const sp_report *report) {
  for (int d = OUTBOUND; d <= INBOUND; d++) {
    const sp_json *rtp = sp_report_next(report, NULL, names[d].type);
    for (; rtp; rtp = sp_report_next(report, rtp, names[d].type)) {
      if (has_active_pair(report, rtp)) return true;
    }
  }
  return false;
}

static source look_up(const sp_report *report, const sp_json *rtp, direction d) {
  source s = { .direction = d, .rtp = rtp, .far = sp_report_counterpart(report, rtp) };
  s.media = sp_report_follow(report, rtp, "mediaSourceId");
  s.track = sp_report_follow(report, rtp, "trackId");
  s.codec = sp_report_follow(report, rtp, "codecId");
  return s;
}

static void write_codec(sp_jw *w, const sp_json *codec) {
  sp_str mime = sp_json_get_str(codec, "mimeType");
  double type = sp_report_number(codec, "payloadType"), rate = sp_report_number(codec, "clockRate");
  if (mime.len == 0 || !(type >= 0 && type < 1e6 && rate >= 0 && rate < 1e12)) return;
  sp_buf text;
  sp_buf_init(&text, w->buf->alloc, 4096);
  sp_buf_add_u64(&text, (uint64_t)type);
  sp_buf_add_char(&text, ' ');
  sp_buf_add(&text, mime);
  sp_buf_add_char(&text, ' ');
  sp_buf_add_u64(&text, (uint64_t)rate);
  sp_jw_str(w, "codec", sp_buf_str(&text));
  if (w->buf->status == SP_OK) w->buf->status = sp_buf_status(&text);
  sp_buf_free(&text);
}

static double percent(double lost, double of) {
  return 100 * lost / (of == 0 ? 1 : of);
}

/* kbit/s; an interval of 0 ms, or one that runs backwards, has none. */
static double bitrate(const sp_stats_previous *before, const sp_stats_previous *now) {
  double ms = now->timestamp - before->timestamp;
  return ms > 0 ? floor(8 * (now->bytes - before->bytes) / ms) : NAN;
}

/* What changed since `before`, NULL for the first sample; answers the bitrate. */
static double write_interval(sp_jw *w, const struct names *n, const sp_stats_previous *before,
                             const sp_stats_previous *now) {
  if (!before) return NAN;
  double rate = bitrate(before, now);
  double packets = now->packets - or_zero(before->packets), lost = now->lost - before->lost;
  number(w, "bitrate", rate);
  number(w, n->interval_packets, packets);
  sp_jw_num(w, "intervalPacketsLost", lost);
  sp_jw_num(w, "intervalPacketLoss", percent(lost, or_zero(packets)));
  return rate;
}

static void write_audio(sp_jw *w, const source *s) {
  bool inbound = s->direction == INBOUND;
  const sp_json *older = inbound ? s->track : NULL, *measured = inbound ? s->rtp : s->media;
  number(w, "audioLevel", sp_report_either(older, measured, "audioLevel"));
  number(w, "totalAudioEnergy", sp_report_either(older, measured, "totalAudioEnergy"));
  if (inbound) return;
  number(w, "echoReturnLoss", sp_report_either(s->track, s->media, "echoReturnLoss"));
  number(w, "echoReturnLossEnhancement", sp_report_either(s->track, s->media, "echoReturnLossEnhancement"));
}

static void write_either(sp_jw *w, const source *s) {
  static const char *const keys[] = { "timestamp", "jitter", "roundTripTime", "totalRoundTripTime",
                                      "roundTripTimeMeasurements" };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) number(w, keys[i], sp_report_either(s->rtp, s->far, keys[i]));
}

/* Writes one entry of tracks or remoteTracks; answers its bitrate. */
static double write_track(sp_jw *w, const source *s, const sp_stats_previous *before, const sp_stats_previous *now) {
  const struct names *n = &names[s->direction];
  sp_str kind = sp_report_kind(s->rtp);
  sp_jw_open(w, NULL, '{');
  sp_jw_str(w, "track", any_text(s->track, s->rtp, s->media, "trackIdentifier"));
  sp_jw_str(w, "kind", kind);
  write_either(w, s);
  sp_jw_num(w, "packetsLost", now->lost);
  sp_jw_num(w, "bytes", now->bytes);
  write_codec(w, s->codec);
  number(w, n->packets, now->packets);
  sp_jw_num(w, "packetLoss", percent(now->lost, or_zero(now->packets)));
  double rate = write_interval(w, n, before, now);
  if (s->direction == OUTBOUND) {
    number(w, "retransmittedBytesSent", sp_report_number(s->rtp, "retransmittedBytesSent"));
    number(w, "retransmittedPacketsSent", sp_report_number(s->rtp, "retransmittedPacketsSent"));
  }
  if (sp_str_is(kind, "audio")) write_audio(w, s);
  sp_jw_close(w);
  return rate;
}

static sp_stats_previous values_of(const source *s) {
  const struct names *n = &names[s->direction];
  return (sp_stats_previous){
    sp_report_hash(sp_json_get_str(s->rtp, "id")),
    sp_report_either(s->rtp, s->far, "timestamp"),
    or_zero(sp_report_number(s->rtp, n->bytes)),
    sp_report_number(s->rtp, n->packets),
    or_zero(sp_report_either(s->rtp, s->far, "packetsLost")),
  };
}

static const sp_stats_previous *previous(const sp_stats_memory *memory, uint64_t id) {
  for (size_t i = 0; id != 0 && i < memory->count; i++) {
    if (memory->sources[i].id == id) return &memory->sources[i];
  }
  return NULL;
}

static void summarize(const source *s, const sp_stats_previous *now, double rate, sp_stats_summary *summary) {
  sp_mos_sample *mos = &summary->mos;
  if (s->direction == INBOUND) {
    mos->received = now->packets;
    mos->lost = now->lost;
    mos->timestamp = now->timestamp;
    mos->jitter = sp_report_either(s->rtp, s->far, "jitter");
    summary->remote_bitrate = rate;
  } else {
    mos->round_trip_total = sp_report_either(s->rtp, s->far, "totalRoundTripTime");
    mos->round_trip_count = sp_report_either(s->rtp, s->far, "roundTripTimeMeasurements");
  }
}

static size_t write_tracks(sp_jw *w, const sp_report *report, direction d, const sp_stats_memory *old,
                           sp_stats_memory *next, sp_stats_summary *summary) {
  size_t count = 0;
  sp_jw_open(w, d == OUTBOUND ? "tracks" : "remoteTracks", '[');
  const sp_json *rtp = sp_report_next(report, NULL, names[d].type);
  for (; rtp; rtp = sp_report_next(report, rtp, names[d].type)) {
    source s = look_up(report, rtp, d);
    sp_stats_previous now = values_of(&s);
    double rate = write_track(w, &s, previous(old, now.id), &now);
    if (next->count < SP_MAX_STATS_SOURCES) next->sources[next->count++] = now;
    if (count++ == 0) summarize(&s, &now, rate, summary);
  }
  sp_jw_close(w);
  return count;
}

void sp_stats_write_sample(sp_buf *out, const sp_stats_head *head, const sp_report *report, sp_stats_memory *memory,
                           sp_stats_summary *summary) {
  sp_jw w;
  sp_stats_memory next = { .local_candidate = memory->local_candidate, .remote_candidate = memory->remote_candidate };
  *summary = (sp_stats_summary){ .remote_bitrate = NAN, .mos = { NAN, NAN, NAN, NAN, NAN, NAN } };
  begin(&w, out, "getStats", head);
  write_initiator(&w, head);
  summary->tracks = write_tracks(&w, report, OUTBOUND, memory, &next, summary);
  summary->remote_tracks = write_tracks(&w, report, INBOUND, memory, &next, summary);
  write_pair_counters(&w, report, &next);
  if (any_active_pair(report)) sp_jw_bool(&w, "candidatePairHadActiveSource", true);
  sp_jw_close(&w);
  *memory = next;
}

void sp_stats_write_disconnected(sp_buf *out, const sp_stats_head *head) {
  sp_jw w;
  begin(&w, out, "getStats", head);
  write_initiator(&w, head);
  sp_jw_raw(&w, "tracks", SP_STR("[]"));
  sp_jw_raw(&w, "remoteTracks", SP_STR("[]"));
  sp_jw_str(&w, "type", SP_STR("disconnected"));
  sp_jw_close(&w);
}

/* --- the failure --- */

/* The word after "typ", the eighth of the line (RFC 8839 §5.1). */
static sp_str type_word(sp_str line) {
  size_t from = 0;
  for (int word = 1; word < 8; word++) {
    size_t space = sp_str_find_char(line, ' ', from);
    if (space == SIZE_MAX) return SP_STR_NONE;
    from = space + 1;
  }
  return sp_str_slice(line, from, sp_str_find_char(line, ' ', from));
}

sp_candidate_counts sp_stats_count_candidates(sp_str sdp) {
  sp_candidate_counts counts = { 0 };
  while (sdp.len > 0) {
    size_t end = sp_str_find_char(sdp, '\n', 0);
    sp_str line = sp_str_trim(sp_str_slice(sdp, 0, end));
    sdp = end == SIZE_MAX ? SP_STR_NONE : sp_str_slice(sdp, end + 1, sdp.len);
    if (!sp_str_starts(line, "a=candidate:")) continue;
    sp_str type = type_word(line);
    if (sp_str_is(type, "host")) counts.host++;
    else if (sp_str_is(type, "srflx")) counts.srflx++;
    else if (sp_str_is(type, "relay")) counts.relay++;
  }
  return counts;
}

void sp_stats_write_failure(sp_buf *out, const sp_stats_head *head, double fail_ms, const sp_candidate_counts *local,
                            const sp_candidate_counts *remote) {
  sp_jw w;
  begin(&w, out, "failure", head);
  write_initiator(&w, head);
  number(&w, "failTime", fail_ms);
  sp_jw_num(&w, "iceRW", 0);
  sp_jw_num(&w, "numLocalHostCandidates", local->host);
  sp_jw_num(&w, "numLocalSrflxCandidates", local->srflx);
  sp_jw_num(&w, "numLocalRelayCandidates", local->relay);
  sp_jw_num(&w, "numRemoteHostCandidates", remote->host);
  sp_jw_num(&w, "numRemoteSrflxCandidates", remote->srflx);
  sp_jw_num(&w, "numRemoteRelayCandidates", remote->relay);
  sp_jw_close(&w);
}
