// SPDX-License-Identifier: MIT
// Jingle as others on a real XMPP server (Debian's Prosody) may speak it: each action gets its one reply, and the
// session that is on goes on. The SDK runs in Node, with a peer connection that takes everything.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ScriptedFarEnd } from '../../../demo/platform/far-end.js';
import { until } from '../../../demo/platform/index.js';
import { tag } from '../../../demo/platform/xml.js';
import { FakePeerConnection, giveMedia, heard, keepingLogger } from '../../wasm/support.mjs';
import { startOnProsody } from './scene.mjs';

const JINGLE = 'urn:xmpp:jingle:1';
const ICE = 'urn:xmpp:jingle:transports:ice-udp:1';
const INFO = 'urn:xmpp:jingle:apps:rtp:info:1';

/** A peer connection whose answer has all that a session-accept is made of. */
class AnsweringPeer extends FakePeerConnection {
  /** @override */
  async createAnswer() {
    await this.do('create');
    const offer = await new ScriptedFarEnd().createOffer();
    return { type: 'answer', sdp: offer.replace('a=setup:actpass', 'a=setup:active') };
  }
}

beforeEach(() => {
  giveMedia();
  Object.assign(globalThis, { RTCPeerConnection: AnsweringPeer });
});

/** @param {string} name @param {string} [content] */
const contentOf = (name, content = '') => tag('content', { creator: 'initiator', name }, content);
/** @param {string} candidate XML */
const withCandidate = (candidate) => contentOf('audio', tag('transport', { xmlns: ICE }, candidate));
const RUBBISH = tag('candidate', { component: '1', foundation: '1', ip: 'nowhere', port: 'none', protocol: 'udp' });

/**
 * Who asks is the gateway of the call that is on, or somebody else; `sid`: none, that of the call, or another. The
 * answer is `result`, or type and condition of the error.
 * @type {[name: string, who: 'peer' | 'stranger', action: string | undefined, sid: 'none' | 'own' | 'other',
 *   content: string, answer: string][]}
 */
const ACTIONS = [
  ['no action', 'stranger', undefined, 'other', '', 'cancel bad-request'],
  ['an initiation without sid', 'stranger', 'session-initiate', 'none', contentOf('0'), 'cancel bad-request'],
  ['an initiation without contents', 'stranger', 'session-initiate', 'other', '', 'cancel bad-request'],
  ['one with two contents of a name', 'stranger', 'session-initiate', 'other', contentOf('0') + contentOf('0'),
    'cancel bad-request'],
  ['transport-info of no session', 'stranger', 'transport-info', 'other', withCandidate(''), 'cancel item-not-found'],
  ['an unknown action of no session', 'stranger', 'dance', 'other', '', 'cancel item-not-found'],
  ['the end of no session', 'stranger', 'session-terminate', 'other', '', 'result'],
  ['the end of somebody else\'s session', 'stranger', 'session-terminate', 'own', '', 'cancel item-not-found'],
  ['a ping', 'peer', 'session-info', 'own', '', 'result'],
  ['an unknown info', 'peer', 'session-info', 'own', tag('dance', { xmlns: INFO }), 'result'],
  ['an unknown action', 'peer', 'dance', 'own', '', 'cancel bad-request'],
  ['an initiation once more', 'peer', 'session-initiate', 'own', contentOf('audio'), 'cancel unexpected-request'],
  ['an accept of what we accepted', 'peer', 'session-accept', 'own', contentOf('audio'), 'cancel unexpected-request'],
  ['description-info', 'peer', 'description-info', 'own', contentOf('audio'), 'modify feature-not-implemented'],
  ['security-info', 'peer', 'security-info', 'own', contentOf('audio'), 'modify feature-not-implemented'],
  ['a candidate of no content', 'peer', 'transport-info', 'own',
    contentOf('x', tag('transport', { xmlns: ICE }, RUBBISH)), 'result'],
  ['a candidate that is none', 'peer', 'transport-info', 'own', withCandidate(RUBBISH), 'result'],
  ['another content', 'peer', 'content-add', 'own', contentOf('more'), 'result'],
  ['another transport', 'peer', 'transport-replace', 'own', contentOf('audio'), 'result'],
  // Stanzas arrive in order: after this one all that the client had to say has been said.
  ['a ping once more', 'peer', 'session-info', 'own', '', 'result'],
];

test('W-D10 each Jingle action gets one reply, and the session goes on', async (t) => {
  const { GenesysCloudWebrtcSdk } = await import('../../../js/index.js');
  const world = await startOnProsody({ jingle: true });
  const { platform, prosody, component } = world;
  const sdk = new GenesysCloudWebrtcSdk({
    environment: platform.url, wsHost: prosody.url, accessToken: platform.token, allowedSessionTypes: ['softphone'],
    optOutOfTelemetry: true, logger: keepingLogger(),
  });
  t.after(async () => {
    await sdk.destroy();
    await world.close();
  });
  await sdk.initialize();
  const pending = heard(sdk, 'pendingSession');
  const call = platform.call({ farEnd: 'manual' });
  await pending;
  const proceeded = until(call, 'proceed');
  const answered = until(call, 'answered');
  await sdk.acceptPendingSession({ conversationId: call.conversationId });
  const client = String(await proceeded);
  await answered;

  /** @type {Record<string, string | undefined>} */
  const answers = {};
  for (const [name, who, action, sid, content] of ACTIONS) {
    const jingle = tag('jingle', {
      xmlns: JINGLE, action, sid: { none: undefined, own: call.sessionId, other: 'another' }[sid],
    }, content);
    const from = who === 'peer' ? call.session.jid : `+2@${component.domain}/gw`;
    const answer = await component.ask('set', client, jingle, from);
    const error = answer.child('error');
    answers[name] = error ? `${error.attributes.type} ${error.elements[0].name}` : answer.attributes.type;
  }
  assert.deepEqual(answers, Object.fromEntries(ACTIONS.map(([name, , , , , expected]) => [name, expected])));

  const refusals = component.received.filter(({ attributes }) => attributes.type === 'set')
    .map((stanza) => stanza.child('jingle', JINGLE)?.attributes.action ?? '')
    .filter((action) => action.endsWith('-reject'));
  assert.deepEqual(refusals, ['content-reject', 'transport-reject']);
  const replies = component.received.filter(({ attributes }) => /result|error/.test(attributes.type ?? ''))
    .map(({ attributes }) => attributes.id);
  assert.equal(new Set(replies).size, replies.length, 'one reply to each');

  const ended = until(call, 'ended');
  await sdk.endSession({ conversationId: call.conversationId });
  assert.equal((await ended).by, 'agent');
});
