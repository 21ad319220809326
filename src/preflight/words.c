/* SPDX-License-Identifier: MIT */
/* What a report says, and what to do about it: the verdict, a sentence in which '#' stands for a number, and after '|'
   an advice. */
#include "preflight/internal.h"

#define PASSES "p"
#define SKIPS  "s"
#define WARNS  "w"
#define FAILS  "f"

#define OPEN_UDP "Let the network open the ports of the STUN and TURN servers."
#define OPEN_WSS "Let proxy and firewall pass WebSockets (wss)."

const char *const sp_preflight_words[SAYINGS] = {
  [SAY_LATE] = FAILS "No answer within # s.|Try again; if it stays so, ask who runs the network.",
  [SAY_BROKEN] = FAILS "The browser could not check this.|Use a browser of today.",

  [SAY_INSECURE] = FAILS "The page is not secure, so it gets no microphone.|Serve it over https.",
  [SAY_NO_WEBRTC] = FAILS "There is no WebRTC here.|Use a browser of today.",
  [SAY_POLICY] = FAILS "The page or its frame forbids the microphone.|Allow it in the Permissions-Policy header and in "
                       "the frame's allow attribute.",
  [SAY_DENIED] = FAILS "The microphone is blocked for this page.|Allow it in the browser's settings.",
  [SAY_PROMPT] = WARNS "The microphone is not allowed yet.|Allow it when the browser asks.",
  [SAY_SOUND_BLOCKED] = WARNS "The page plays no sound before a click.|Click on it, or call unlockAudio().",
  [SAY_PERMITTED] = PASSES "The page may use the microphone.",

  [SAY_NO_MICROPHONE] = FAILS "There is no microphone.|Plug one in.",
  [SAY_NO_SPEAKER] = WARNS "There is no loudspeaker.|Plug one in.",
  [SAY_GONE] = WARNS "A chosen device is not there; calls use another.|Plug it in, or choose another.",
  [SAY_DEVICES] = PASSES "Microphones: #.",

  [SAY_NO_REST] = FAILS "The platform's API cannot be reached.|Look at network, VPN, proxy and firewall.",
  [SAY_REFUSED] = FAILS "The platform refuses the token.|Sign in again.",
  [SAY_FORBIDDEN] = FAILS "The token does not allow to read the user.|Look at the rights of the OAuth client.",
  [SAY_REST_ERROR] = FAILS "The platform's API answers with error #.|Try again later.",
  [SAY_CLOCK] = WARNS "The clock of this machine is # s wrong.|Let the network set it.",
  [SAY_SLOW] = WARNS "The platform's API takes # ms to answer.|Look at the network: it is slow.",
  [SAY_REST] = PASSES "The platform's API answers in # ms.",

  [SAY_SOCKET_LATER] = SKIPS "The signaling connection needs a sign-in first.|Call initialize() first.",
  [SAY_SOCKET_WAITS] = SKIPS "The platform's API has to answer first.|See rest.",
  [SAY_NO_CHANNEL] = FAILS "The platform gives no notification channel.|Try again later.",
  [SAY_NO_SOCKET] = FAILS "The signaling WebSocket does not open.|" OPEN_WSS,
  [SAY_MUTE_SOCKET] = FAILS "The signaling WebSocket opens, but nobody answers.|" OPEN_WSS,
  [SAY_NO_PONG] = FAILS "The signaling connection does not answer.|" OPEN_WSS,
  [SAY_SOCKET] = PASSES "The signaling WebSocket opens and answers.",
  [SAY_PONG] = PASSES "The signaling connection answers in # ms.",

  [SAY_NO_SERVERS] = SKIPS "The servers for media are known once connected.|Call initialize() first.",
  [SAY_NONE_ANSWERS] = FAILS "No STUN or TURN server answers.|" OPEN_UDP,
  [SAY_CREDENTIALS] = FAILS "A relay refuses its credentials.|Connect again: that brings new ones.",
  [SAY_RELAY_MISSING] = FAILS "Calls may use relays alone, and none answers.|" OPEN_UDP,
  [SAY_NO_RELAY] = WARNS "No relay (TURN) answers: calls need a direct way.|" OPEN_UDP,
  [SAY_NO_TURN] =
      WARNS "The platform offers no relay (TURN).|Calls need a direct way over UDP: ask who runs the network.",
  [SAY_SOME] = WARNS "Servers for media that do not answer: #.|" OPEN_UDP,
  [SAY_ICE] = PASSES "All servers for media answer (#).",

  [SAY_MICROPHONE_BUSY] = FAILS "The microphone cannot be opened.|Close what else uses it, or choose another.",
  [SAY_NO_LOOP] = FAILS "Not even two ends in this page connect.|A VPN, an extension or a policy stops WebRTC.",
  [SAY_NO_PACKETS] = FAILS "No sound arrives.|Restart the browser; look at VPN and extensions.",
  [SAY_SILENT] = WARNS "The microphone is silent.|Switch it on, or choose another.",
  [SAY_BAD_SOUND] = WARNS "Sound arrives badly: MOS #.|Close what loads the machine or the network.",
  [SAY_TONE] = PASSES "A tone, in the microphone's place, arrives well: MOS #.",
  [SAY_MEDIA] = PASSES "Sound arrives well: MOS #.",
};
