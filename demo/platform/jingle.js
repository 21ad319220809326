// SPDX-License-Identifier: MIT
// Jingle contents (XEP-0166, XEP-0167, XEP-0176 and those around them) from SDP and to SDP: what werift offers and what
// a browser answers, no more.

import { escapeText, tag } from './xml.js';

export const JINGLE = 'urn:xmpp:jingle:1';
export const RTP = 'urn:xmpp:jingle:apps:rtp:1';
export const RTP_INFO = 'urn:xmpp:jingle:apps:rtp:info:1';
const ICE = 'urn:xmpp:jingle:transports:ice-udp:1';
const DTLS = 'urn:xmpp:jingle:apps:dtls:0';
const FEEDBACK = 'urn:xmpp:jingle:apps:rtp:rtcp-fb:0';
const EXTENSION = 'urn:xmpp:jingle:apps:rtp:rtp-hdrext:0';
const SOURCE = 'urn:xmpp:jingle:apps:rtp:ssma:0';
const STREAM = 'urn:xmpp:jingle:apps:rtp:msid:0';
const GROUPING = 'urn:xmpp:jingle:apps:grouping:0';
const SCTP = 'urn:xmpp:jingle:transports:dtls-sctp:1';

/** @typedef {import('./xml.js').XmlElement} XmlElement */
/** @typedef {string[]} Lines of the session or of one section, without line ends */

/**
 * Of the initiator's description; a responder sees it the other way round.
 * @type {Record<string, string | undefined>}
 */
const SENDERS = { sendrecv: undefined, sendonly: 'initiator', recvonly: 'responder', inactive: 'none' };
/** @type {Record<string, string>} */
const DIRECTIONS = { both: 'sendrecv', initiator: 'recvonly', responder: 'sendonly', none: 'inactive' };

/** @param {string} sdp @returns {Lines[]} the session's lines, then those of each section */
const split = (sdp) => sdp.split(/\r?\n(?=m=)/).map((part) => part.split(/\r?\n/).filter(Boolean));

/** @param {Lines} lines @param {string} name @returns {string[]} values of all attributes of that name */
const values = (lines, name) => lines.filter((line) => line.startsWith(`a=${name}:`))
  .map((line) => line.slice(name.length + 3));

/** @param {Lines} lines @param {string} name @param {string} type of payload */
const ofType = (lines, name, type) => values(lines, name).filter((value) => value.split(' ')[0] === type)
  .map((value) => value.slice(type.length + 1));

/** @param {Lines} lines @param {string} id */
const payload = (lines, id) => {
  const [name, clockrate, channels = 1] = ofType(lines, 'rtpmap', id)[0]?.split('/') ?? [];
  const parameters = (ofType(lines, 'fmtp', id)[0] ?? '').split(';').filter(Boolean).map((pair) => {
    const [key, value] = pair.trim().split('=');
    return tag('parameter', { name: key, value });
  });
  const feedback = ofType(lines, 'rtcp-fb', id).map((value) => {
    const [type, subtype] = value.split(' ');
    return tag('rtcp-fb', { xmlns: FEEDBACK, type, subtype });
  });
  return tag('payload-type', { id, name, clockrate, channels }, ...parameters, ...feedback);
};

/** @param {Lines} lines */
const description = (lines) => {
  const [media, , , ...ids] = lines[0].slice(2).split(' ');
  if (media === 'application') return '';
  const [ssrc, cname] = values(lines, 'ssrc')[0]?.split(' cname:') ?? [];
  const extensions = values(lines, 'extmap').map((value) => {
    const [id, uri] = value.split(' ');
    return tag('rtp-hdrext', { xmlns: EXTENSION, id, uri });
  });
  const streams = values(lines, 'msid').map((value) => {
    const [id, track] = value.split(' ');
    return tag('stream', { xmlns: STREAM, id, track });
  });
  return tag('description', { xmlns: RTP, media, ssrc },
    ...(lines.includes('a=rtcp-mux') ? [tag('rtcp-mux')] : []), ...ids.map((id) => payload(lines, id)), ...extensions,
    ...(ssrc ? [tag('source', { xmlns: SOURCE, ssrc }, tag('parameter', { name: 'cname', value: cname }))] : []),
    ...streams);
};

/** @param {string} line `candidate:…` */
const candidateElement = (line) => {
  const [foundation, component, protocol, priority, ip, port, , type, ...rest] = line.replace(/^(a=)?candidate:/, '')
    .split(' ');
  const more = (/** @type {string} */ name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
  return tag('candidate', {
    component, foundation, priority, ip, port, type, protocol: protocol.toLowerCase(),
    'rel-addr': more('raddr'), 'rel-port': more('rport'), tcptype: more('tcptype'),
  });
};

/** @param {XmlElement} element @returns {string} `candidate:…` */
const candidateLine = ({ attributes: a }) => (
  `candidate:${a.foundation} ${a.component} ${a.protocol} ${a.priority} ${a.ip} ${a.port} typ ${a.type}`
  + (a['rel-addr'] && a['rel-port'] ? ` raddr ${a['rel-addr']} rport ${a['rel-port']}` : ''));

/** @param {Lines} session @param {Lines} lines @param {boolean} withChannel whether a data channel is described */
const transport = (session, lines, withChannel) => {
  const of = (/** @type {string} */ name) => values(lines, name)[0] ?? values(session, name)[0];
  const [hash, print] = of('fingerprint').split(' ');
  const isChannel = withChannel && lines[0].startsWith('m=application');
  return tag('transport', { xmlns: ICE, ufrag: of('ice-ufrag'), pwd: of('ice-pwd') },
    tag('fingerprint', { xmlns: DTLS, hash, setup: of('setup') }, escapeText(print)),
    ...(isChannel ? [tag('sctpmap', { xmlns: SCTP, number: 5000, protocol: 'webrtc-datachannel' })] : []));
};

/** @param {string} name @param {string[]} inner @param {string} [senders] */
const content = (name, inner, senders) => tag('content', { creator: 'initiator', name, senders }, ...inner);

/** The contents of an offer, without candidates. @param {string} sdp @returns {string[]} */
export const contentsOf = (sdp) => {
  const [session, ...sections] = split(sdp);
  const names = sections.map((lines) => values(lines, 'mid')[0]);
  const contents = sections.map((lines, index) => {
    const direction = Object.keys(SENDERS).find((word) => lines.includes(`a=${word}`)) ?? 'sendrecv';
    return content(names[index], [description(lines), transport(session, lines, true)], SENDERS[direction]);
  });
  const named = names.map((name) => tag('content', { name }));
  const group = tag('group', { xmlns: GROUPING, semantics: 'BUNDLE' }, ...named);
  return [...contents, group];
};

/** The contents of an ICE restart: their new credentials. @param {string} sdp @returns {string[]} */
export const transportsOf = (sdp) => {
  const [session, ...sections] = split(sdp);
  return sections.map((lines) => content(values(lines, 'mid')[0], [transport(session, lines, false)]));
};

/** The candidates that a description has. @param {string} sdp @returns {import('./far-end.js').Candidate[]} */
export const candidatesOf = (sdp) => split(sdp).slice(1).flatMap((lines) => (
  values(lines, 'candidate').map((value) => ({ mid: values(lines, 'mid')[0], candidate: `candidate:${value}` }))));

/** @param {string} sdp @param {string} mid @returns {string} */
const ufragOf = (sdp, mid) => {
  const [session, ...sections] = split(sdp);
  const lines = sections.find((each) => values(each, 'mid')[0] === mid) ?? sections[0];
  return values(lines, 'ice-ufrag')[0] ?? values(session, 'ice-ufrag')[0];
};

/** @param {string} sdp that the candidate belongs to @param {import('./far-end.js').Candidate} candidate */
export const trickle = (sdp, { mid, candidate }) => content(mid,
  [tag('transport', { xmlns: ICE, ufrag: ufragOf(sdp, mid) }, candidateElement(candidate))]);

/** @param {string} sdp whose candidates are all known */
export const gathered = (sdp) => {
  const mid = values(split(sdp)[1], 'mid')[0];
  return content(mid, [tag('transport', { xmlns: ICE, ufrag: ufragOf(sdp, mid) }, tag('gathering-complete'))]);
};

/** @param {XmlElement} element a payload-type */
const payloadLines = ({ attributes: { id, name, clockrate, channels = '1' }, elements }) => {
  const parameters = elements.filter((each) => each.name === 'parameter').map(({ attributes }) => (
    attributes.value === undefined ? attributes.name : `${attributes.name}=${attributes.value}`));
  return [
    `a=rtpmap:${id} ${name}/${clockrate}${channels === '1' ? '' : `/${channels}`}`,
    ...(parameters.length ? [`a=fmtp:${id} ${parameters.join(';')}`] : []),
    ...elements.filter((each) => each.name === 'rtcp-fb')
      .map(({ attributes: { type, subtype } }) => `a=rtcp-fb:${id} ${type}${subtype ? ` ${subtype}` : ''}`),
  ];
};

/** @param {XmlElement | undefined} about description of the content @param {string} direction */
const mediaLines = (about, direction) => {
  if (!about) return ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=sctp-port:5000'];
  const of = (/** @type {string} */ name) => about.elements.filter((each) => each.name === name);
  const types = of('payload-type');
  const ids = types.map(({ attributes }) => attributes.id);
  const source = of('source')[0];
  const cname = source?.elements.find(({ attributes }) => attributes.name === 'cname')?.attributes.value;
  return [
    `m=${about.attributes.media} 9 UDP/TLS/RTP/SAVPF ${ids.join(' ')}`, 'c=IN IP4 0.0.0.0',
    ...types.flatMap(payloadLines),
    ...of('rtp-hdrext').map(({ attributes: { id, uri } }) => `a=extmap:${id} ${uri}`), `a=${direction}`,
    ...of('stream').map(({ attributes: { id, track } }) => `a=msid:${id} ${track}`),
    ...(of('rtcp-mux').length ? ['a=rtcp-mux'] : []),
    ...(cname ? [`a=ssrc:${source.attributes.ssrc} cname:${cname}`] : []),
  ];
};

/** @param {XmlElement | undefined} element a transport */
const transportLines = (element) => {
  const print = element?.child('fingerprint', DTLS);
  return [
    `a=ice-ufrag:${element?.attributes.ufrag}`, `a=ice-pwd:${element?.attributes.pwd}`,
    ...(print ? [`a=setup:${print.attributes.setup}`, `a=fingerprint:${print.attributes.hash} ${print.text}`] : []),
  ];
};

/** The answer in a session-accept. @param {XmlElement} jingle @returns {string} SDP */
export const answerOf = (jingle) => {
  const contents = jingle.elements.filter(({ name }) => name === 'content');
  const names = contents.map(({ attributes }) => attributes.name);
  return [
    'v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${names.join(' ')}`,
    ...contents.flatMap((each) => [
      ...mediaLines(each.child('description', RTP), DIRECTIONS[each.attributes.senders ?? 'both']),
      `a=mid:${each.attributes.name}`, ...transportLines(each.child('transport', ICE)),
    ]), '',
  ].join('\r\n');
};

/** The answer again, after an ICE restart. @param {string} sdp @param {XmlElement} jingle the transport-info */
export const restarted = (sdp, jingle) => {
  const fresh = new Map(jingle.elements.map((each) => (
    [each.attributes.name, each.child('transport', ICE)?.attributes])));
  const [session, ...sections] = split(sdp);
  return [session, ...sections.map((lines) => {
    const { ufrag, pwd } = fresh.get(values(lines, 'mid')[0]) ?? {};
    return lines.map((line) => {
      if (line.startsWith('a=ice-ufrag:')) return `a=ice-ufrag:${ufrag}`;
      return line.startsWith('a=ice-pwd:') ? `a=ice-pwd:${pwd}` : line;
    });
  })].flat().join('\r\n') + '\r\n';
};

/**
 * What a transport-info says.
 * @param {XmlElement} jingle
 * @returns {{ candidates: import('./far-end.js').Candidate[], complete: boolean, restarts: boolean }}
 */
export const readTransports = (jingle) => {
  const contents = jingle.elements.filter(({ name }) => name === 'content');
  const transports = contents.map((each) => ({ mid: each.attributes.name, transport: each.child('transport', ICE) }));
  return {
    candidates: transports.flatMap(({ mid, transport: element }) => (element?.elements ?? [])
      .filter(({ name }) => name === 'candidate').map((each) => ({ mid, candidate: candidateLine(each) }))),
    complete: transports.some(({ transport: element }) => element?.child('gathering-complete')),
    restarts: transports.some(({ transport: element }) => element?.attributes.pwd !== undefined),
  };
};
