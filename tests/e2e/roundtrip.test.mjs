// SPDX-License-Identifier: MIT
// Real descriptions through the Jingle mapping of the core: each offer and answer of Chromium and Firefox goes to XML
// and back to SDP before the other peer gets it. That peer takes it and connects, and a neutral reader (the package
// sdp) reads the same from both, but for what has no form in XML.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import SDPUtils from 'sdp';
import { buildDir } from '../../wasm/toolchain/steps.mjs';
import { openShapes } from '../support/sdp-shapes.mjs';

const PROGRAM = join(buildDir, 'native/tests/jingle_convert');

/** @param {string} command @param {string} role @param {string} input */
const convert = (command, role, input) =>
  execFileSync(PROGRAM, [command, role], { input, encoding: 'utf8', timeout: 20_000 });

/** @param {string} sdp @param {string} role */
const throughXml = (sdp, role) => convert('to-sdp', role, convert('to-xml', role, sdp));

/** @param {string} section */
const isRejected = (section) => /^m=\S+ 0 /.test(section) && !section.includes('\r\na=bundle-only');

/**
 * What one m-section says, without what wire.md §10.5 lists as lost.
 * @param {string} section @param {string} session @param {boolean} isOffer
 */
const readSection = (section, session, isOffer) => {
  const kind = SDPUtils.getKind(section);
  const rejected = isRejected(section);
  const common = { kind, mid: SDPUtils.getMid(section), rejected };
  const transport = rejected ? {} : {
    ice: SDPUtils.getIceParameters(section, session),
    dtls: SDPUtils.getDtlsParameters(section, session),
    // §10.6: no extension, no rport of 0, and the protocol in any case.
    candidates: SDPUtils.matchPrefix(section, 'a=candidate:').map(SDPUtils.parseCandidate).map((candidate) => ({
      foundation: candidate.foundation, component: candidate.component, protocol: candidate.protocol.toLowerCase(),
      priority: candidate.priority, address: candidate.address, port: candidate.port, type: candidate.type,
      tcpType: candidate.tcpType,
    })),
  };
  if (kind === 'application') {
    const { port, protocol } = rejected ? {} : /** @type {any} */ (SDPUtils.parseSctpDescription(section));
    return { ...common, ...transport, port, protocol };
  }
  const { codecs, headerExtensions, fecMechanisms } = SDPUtils.parseRtpParameters(section);
  const { cname, ssrc, mux, reducedSize } = SDPUtils.parseRtcpParameters(section);
  // An offer without a stream gets one, for the sake of older peers.
  const msid = SDPUtils.parseMsid(section);
  const stream = msid?.stream === 'legacy' ? undefined : msid;
  return {
    ...common, ...transport, codecs, fecMechanisms, cname, ssrc, mux, reducedSize, stream, isOffer,
    headerExtensions: headerExtensions.map(({ id, uri, direction }) => ({ id, uri, direction })),
    direction: SDPUtils.getDirection(section, session),
    pair: SDPUtils.matchPrefix(section, 'a=ssrc-group:FID ')[0],
  };
};

/** @param {string} sdp @param {boolean} isOffer */
const read = (sdp, isOffer) => {
  const [session, ...sections] = SDPUtils.splitSections(sdp);
  return {
    groups: SDPUtils.matchPrefix(session, 'a=group:'),
    sections: sections.map((section) => readSection(section, session, isOffer)),
  };
};

for (const browser of ['chromium', 'firefox']) {
  const shapes = await openShapes(browser);
  after(() => shapes.close());

  for (const shape of await shapes.names()) {
    test(`W-D9 ${browser}'s descriptions through Jingle: ${shape}`, async () => {
      /** @param {'initiator' | 'responder'} role */
      const carry = (role) => (/** @type {string} */ sdp) => {
        const carried = throughXml(sdp, role);
        assert.deepEqual(read(carried, role === 'initiator'), read(sdp, role === 'initiator'));
        return carried;
      };
      const connected = await shapes.play(shape, {
        carryOffer: carry('initiator'), carryAnswer: carry('responder'),
      });
      assert.ok(connected, 'the peers connect');
    });
  }
}
