/* SPDX-License-Identifier: MIT */
/* jingle_convert: the mapping of src/jingle for tests in other languages. Reads standard input, writes standard output;
 * the exit status is 0, else 1 with the name of the status on standard error.
 *   to-sdp ROLE             <jingle> (or an <iq> around it) to SDP; ROLE is whose it is: initiator or responder
 *   to-xml ROLE [NS]        SDP to <jingle>, its transports in the namespace NS
 *   transports [NS]         SDP to <jingle> with the transports alone
 *   candidate MID [UFRAG]   a candidate line to <jingle>; SP_ENOENT: filtered
 *   line                    a <candidate> element to its line
 *   restart FILE            <jingle> with new credentials, for the SDP in FILE, to SDP */
#include "base/limits.h"
#include "jingle/convert.h"
#include "xmpp/ns.h"

#include <stdio.h>
#include <string.h>

static bool read_all(FILE *file, sp_buf *out) {
  char bytes[4096];
  for (size_t count; file && (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
    sp_buf_add(out, (sp_str){ bytes, count });
  return file && !ferror(file) && sp_buf_status(out) == SP_OK;
}

static const sp_xml *read_element(sp_arena *arena, sp_str text, const char *name) {
  sp_xml *first = NULL;
  if (sp_xml_read(arena, text, &first, NULL) != SP_OK || !first || first->next) return NULL;
  return sp_str_is(first->name, name) ? first : sp_xml_child(first, NULL, name);
}

static int to_element(const char *command, sp_str input, char **args, sp_buf *out) {
  sp_xw w;
  int status = SP_EINVAL;
  sp_xw_begin(&w, out);
  sp_xw_open(&w, "jingle");
  sp_xw_attr(&w, "xmlns", SP_STR(SP_NS_JINGLE));
  if (!strcmp(command, "transports")) status = sp_jingle_write_transports(NULL, &w, input, sp_str_from(args[0]));
  else if (!strcmp(command, "candidate"))
    status = sp_jingle_write_candidate(&w, sp_str_from(args[0]), sp_str_from(args[1]), sp_str_trim(input), SP_STR_NONE);
  else if (!strcmp(command, "to-xml") && args[0])
    status =
        sp_jingle_write_sdp(NULL, &w, input, !strcmp(args[0], "responder") ? SP_JINGLE_RESPONDER : SP_JINGLE_INITIATOR,
                            sp_str_from(args[1]));
  sp_xw_close(&w);
  return status;
}

static int restart(const sp_xml *jingle, const char *path, sp_buf *out) {
  sp_buf sdp;
  sp_buf_init(&sdp, NULL, SP_MAX_SDP);
  FILE *file = path ? fopen(path, "rb") : NULL;
  int status = read_all(file, &sdp) ? sp_jingle_restart_sdp(NULL, sp_buf_str(&sdp), jingle, out) : SP_EINVAL;
  if (file) fclose(file);
  sp_buf_free(&sdp);
  return status;
}

static int from_element(const char *command, sp_str input, char **args, sp_buf *out) {
  static const uint8_t seed[SP_SEED_BYTES] = { 1 };
  sp_arena arena;
  sp_ids ids;
  bool line = !strcmp(command, "line");
  sp_arena_init(&arena, NULL, SP_MAX_SCRATCH);
  sp_ids_init(&ids, seed);
  const sp_xml *element = read_element(&arena, input, line ? "candidate" : "jingle");
  int status = SP_ESYNTAX;
  if (element && line) status = sp_jingle_candidate_to_line(element, out);
  else if (element && !strcmp(command, "restart")) status = restart(element, args[0], out);
  else if (element)
    status = sp_jingle_to_sdp(
        NULL, element, args[0] && !strcmp(args[0], "responder") ? SP_JINGLE_RESPONDER : SP_JINGLE_INITIATOR, &ids, out);
  sp_arena_free(&arena);
  return status;
}

int main(int count, char **args) {
  static const char *const from[] = { "to-sdp", "line", "restart" };
  sp_buf input, output;
  char *rest[3] = { count > 2 ? args[2] : NULL, count > 3 ? args[3] : NULL, NULL };
  int status = SP_EINVAL;
  bool from_xml = false;
  sp_buf_init(&input, NULL, SP_MAX_FRAME);
  sp_buf_init(&output, NULL, SP_MAX_FRAME);
  for (size_t i = 0; count > 1 && i < sizeof from / sizeof *from; i++)
    if (!strcmp(args[1], from[i])) from_xml = true;
  if (count > 1 && read_all(stdin, &input))
    status = (from_xml ? from_element : to_element)(args[1], sp_buf_str(&input), rest, &output);
  if (status == SP_OK) status = sp_buf_status(&output);
  if (status == SP_OK) fwrite(output.data, 1, output.len, stdout);
  else fprintf(stderr, "%s\n", sp_status_name(status));
  sp_buf_free(&input);
  sp_buf_free(&output);
  return status == SP_OK ? 0 : 1;
}
