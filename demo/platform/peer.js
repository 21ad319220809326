// SPDX-License-Identifier: MIT

/** Higher than any flight of a DTLS handshake (RFC 6347 section 4.2.4). */
const OVER = 99;

/**
 * Closes a peer connection of werift, and with it a handshake that is under way or about to begin: that would go on
 * sending for half a minute, and keep the process alive.
 * @param {import('werift').RTCPeerConnection} peer
 */
export const closePeer = async (peer) => {
  for (const { dtls } of peer.dtlsTransports) {
    if (!dtls) continue;
    dtls.dtls.flight = OVER;
    if ('connect' in dtls) dtls.connect = () => Promise.resolve();
  }
  await peer.close();
};
