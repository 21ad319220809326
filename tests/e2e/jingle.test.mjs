// SPDX-License-Identifier: MIT
// Calls that the platform signals over Jingle (wire.md section 10): to the application they are calls like any other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScriptedFarEnd } from '../../demo/platform/far-end.js';
import { until } from '../../demo/platform/index.js';
import { stage } from './support.mjs';

/** @typedef {import('./support.mjs').Scene} Scene */
/** @typedef {import('../../demo/platform/gateway.js').JingleSession} JingleSession */
/** @typedef {import('../../demo/platform/xml.js').XmlElement} XmlElement */

const { play } = stage();
const JINGLE = 'urn:xmpp:jingle:1';

/** The session of a call, which speaks Jingle. @param {{ session: any }} call @returns {JingleSession} */
const sessionOf = ({ session }) => session;

/** What the client did over Jingle, in order. @param {Scene} scene @returns {(string | undefined)[]} */
const actions = (scene) => scene.platform.stanzas.flatMap(({ element, direction }) => {
  const jingle = direction === 'in' ? element?.child('jingle', JINGLE) : undefined;
  return jingle ? [jingle.attributes.action] : [];
});

/** Sound arrives in the page, more than `least`. @param {Scene} scene @param {object} [least] */
const media = (scene, least = {}) => scene.page.evaluate((given) => (
  /** @type {any} */ (window).harness.mediaBeyond(given)), least);

/** Both ends hear each other. @param {Scene} scene @param {any} farEnd */
const hear = async (scene, farEnd) => {
  const heard = await until(farEnd, 'level', ({ rms }) => rms > 0.01);
  assert.ok(heard.packetsReceived > 0 && heard.lastToneHz, 'the far end hears the agent');
  await media(scene, await media(scene));
};

/** Notes these events of the newest session. @param {Scene} scene @param {string[]} names */
const listen = (scene, ...names) => scene.page.evaluate((given) => {
  const { harness } = /** @type {any} */ (window);
  const session = [...harness.sessions.values()].at(-1);
  for (const name of given) session.on(name, (/** @type {any} */ detail) => harness.note(`on:${name}`, detail));
}, names);

test('§10 a softphone call over Jingle is heard both ways until the caller hangs up', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone', signaling: 'jingle' });
  await hear(scene, call.farEnd);
  await listen(scene, 'terminated', 'sessionState', 'connectionState');
  const ended = scene.event('sessionEnded', { id: call.sessionId, condition: 'busy' });
  sessionOf(call).terminate('busy', 'one at a time');
  await ended;
  await scene.event('on:terminated', { condition: 'busy', text: 'one at a time' });
  const { peers, tracks } = await scene.alive();
  assert.deepEqual({ peers, tracks }, { peers: 0, tracks: 0 });
  assert.equal(actions(scene)[0], 'session-accept', 'and nothing before it');
}));

test('§10 the agent ends a call over Jingle', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone', signaling: 'jingle' });
  await hear(scene, call.farEnd);
  const ended = until(call, 'ended');
  await scene.run('endSession', { conversationId: call.conversationId });
  await ended;
  await scene.event('sessionEnded', { id: call.sessionId });
  const second = await scene.talk({ farEnd: 'tone', signaling: 'jingle' });
  const terminated = until(sessionOf(second), 'terminate');
  await scene.run('forceTerminateSession', second.sessionId, 'decline');
  assert.equal(await terminated, 'decline');
}));

test('§10.6 transport-info before the answer makes the connection', play({}, async (scene) => {
  await scene.signIn({ autoConnectSessions: false });
  const call = scene.platform.call({ farEnd: 'tone', signaling: 'jingle' });
  const session = sessionOf(call);
  /** @type {string[]} */
  const replies = [];
  session.on('reply', ({ action, type }) => replies.push(`${action} ${type}`));
  const { conversationId } = call;
  await scene.event('pendingSession', { conversationId });
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sessionStarted', { id: call.sessionId });
  // The offer has no candidates: those that came after it are all there is.
  while (session.waiting.size) await until(session, 'reply');
  assert.equal(replies[0], 'session-initiate result');
  assert.ok(replies.length > 2, 'candidates and the end of them');
  assert.deepEqual(replies.filter((line) => !/^(session-initiate|transport-info) result$/.test(line)), []);
  assert.deepEqual(actions(scene), []);
  const connected = until(call, 'connected');
  await scene.run('acceptSession', { conversationId });
  await connected;
  await hear(scene, call.farEnd);
}));

test('§10 mute and hold of a call over Jingle, and what the far end says of its own', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone', signaling: 'jingle' });
  const { conversationId, farEnd } = call;
  await hear(scene, farEnd);
  await scene.run('setAudioMute', { conversationId, mute: true });
  await until(farEnd, 'level', ({ rms }) => rms === 0);
  await scene.run('setAudioMute', { conversationId, mute: false });
  await until(farEnd, 'level', ({ rms }) => rms > 0.01);
  await scene.run('setConversationHeld', { conversationId, held: true });
  await scene.event('conversationUpdate', { calls: { [conversationId]: { held: true } } });
  await listen(scene, 'mute', 'unmute', 'hold', 'resumed');
  const session = sessionOf(call);
  session.info('mute', { creator: 'someone', name: 'audio' });
  session.info('unmute', { creator: 'someone', name: 'audio' });
  session.info('hold');
  session.info('unhold');
  await scene.event('on:mute', { infoType: 'mute', creator: 'someone', name: 'audio' });
  await scene.event('on:resumed', { infoType: 'unhold' });
  await scene.inOrder(['on:mute'], ['on:unmute'], ['on:hold'], ['on:resumed']);
}));

test('§10.6 an ICE restart by the far end leaves the call as it is', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'tone', signaling: 'jingle' });
  await hear(scene, call.farEnd);
  const session = sessionOf(call);
  const before = /a=ice-ufrag:(\S+)/.exec(session.answered)?.[1];
  const answered = until(session, 'answer');
  const replied = until(session, 'reply', ({ action }) => action === 'transport-info');
  await call.restart();
  const after = /a=ice-ufrag:(\S+)/.exec(await answered)?.[1];
  assert.ok(after && after !== before, 'the client has new credentials too');
  assert.equal((await replied).type, 'result');
  await scene.page.evaluate(async () => {
    const { pc } = [.../** @type {any} */ (window).harness.sessions.values()].at(-1);
    const usable = () => ['connected', 'completed'].includes(pc.iceConnectionState) && pc.signalingState === 'stable';
    while (!usable()) await new Promise((next) => { setTimeout(next, 50); });
  });
  await hear(scene, call.farEnd);
  assert.equal((await scene.notes('sessionStarted')).length, 1);
  assert.deepEqual(await scene.notes('sessionEnded'), []);
  assert.equal(actions(scene).filter((action) => action === 'session-accept').length, 1);
}));

test('§10.7 a far end that becomes unavailable takes its call with it, and nothing is sent', play({}, async (scene) => {
  await scene.signIn();
  const call = await scene.talk({ farEnd: 'manual', signaling: 'jingle' });
  const { session } = call;
  const sent = actions(scene).length;
  session.gateway.stream.sendTo(/** @type {string} */ (session.peer),
    `<presence xmlns="jabber:client" type="unavailable" from="${session.jid}" to="${session.peer}"/>`);
  await scene.event('sessionEnded', { id: call.sessionId, condition: 'gone' });
  assert.equal(actions(scene).slice(sent).includes('session-terminate'), false);
}));

test('§10.1 a session-initiate without a proposal is a call', play({}, async (scene) => {
  const { gateway, stream, defaultUser } = scene.platform;
  await scene.signIn();
  const about = { conversationId: 'unheard-of', userId: defaultUser.id, from: '+13175550100', signaling: 'jingle' };
  const session = sessionOf({ session: gateway.open(/** @type {any} */ (about)) });
  session.peer = stream.of(defaultUser.id)[0].jid;
  const replied = until(session, 'reply');
  const answered = until(session, 'answer');
  session.offer(await new ScriptedFarEnd().createOffer());
  assert.deepEqual(await replied, { action: 'session-initiate', type: 'result', condition: undefined });
  assert.match(await answered, /^a=mid:audio$/m);
  const started = await scene.event('sessionStarted', { id: session.id, sessionType: 'softphone' });
  assert.equal(started.conversationId ?? '', '');
  session.terminate('gone');
  await scene.event('sessionEnded', { id: session.id, condition: 'gone' });
}));

test('§10 a conference over Jingle shows and hears both ways, and tells its mutes', play({}, async (scene) => {
  await scene.signIn({ defaults: { audioElement: undefined } });
  const member = scene.platform.meet({ signaling: 'jingle' });
  const { conversationId } = member.room;
  const session = sessionOf(member);
  await scene.event('pendingSession', { conversationId, sessionType: 'collaborateVideo' });
  await scene.run('acceptPendingSession', { conversationId });
  await scene.event('sessionStarted', { conversationId });
  const seen = until(member, 'frame');
  await scene.page.evaluate(async (id) => {
    const { harness, sdk } = /** @type {any} */ (window);
    const [audioElement, videoElement] = ['audio', 'video'].map((kind) => document.createElement(kind));
    document.body.append(videoElement);
    harness.videoElement = videoElement;
    await sdk.acceptSession({ conversationId: id, audioElement, videoElement });
  }, conversationId);
  await seen;
  await scene.page.evaluate(() => new Promise((resolve) => {
    const { videoElement } = /** @type {any} */ (window).harness;
    videoElement.requestVideoFrameCallback(resolve);
  }));
  const muted = until(session, 'mute');
  await scene.run('setAudioMute', { conversationId, mute: true });
  assert.deepEqual(await muted, { type: 'audio', mute: true, creator: scene.platform.defaultUser.id });
  const terminated = until(session, 'terminate');
  await scene.run('endSession', { conversationId });
  assert.equal(await terminated, 'success');
}));
