// SPDX-License-Identifier: MIT
// Sign-in without an access token: security codes of guests and signed JWTs (wire.md section 4.6, sessions.md
// section 3.2). The tokens are real JWS compact tokens (HS256) that this platform alone can verify.

import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

const LIFETIME_MS = 3_600_000;
const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

/** Issuer of the tokens of the screen recording background assistant. */
export const SCREEN_RECORDING = 'urn:purecloud:screenrecording';

/**
 * @typedef {object} Ticket what a JWT or a security code stands for
 * @property {string} id user id of the holder; guests get a made-up one
 * @property {string} jid bare JID of the holder's stream
 * @property {string} name
 * @property {string} roomJid claim `data.jid`: the room to join
 * @property {string} conversationId
 * @property {string} sourceCommunicationId
 * @property {string | undefined} uid claim `data.uid`: only tokens of users of the organisation have it
 * @property {string} issuer
 */

/**
 * @typedef {object} TicketOptions
 * @property {string} [userId] the token is for this user of the organisation; default: for a guest
 * @property {string} [name]
 * @property {string} [roomJid]
 * @property {string} [conversationId]
 * @property {string} [sourceCommunicationId]
 * @property {string} [issuer]
 * @property {number} [lifetimeMs]
 */

export class Guests {
  /** @param {import('./directory.js').Directory} directory */
  constructor(directory) {
    this.directory = directory;
    this.secret = randomBytes(32);
    /** @type {Map<string, TicketOptions>} security codes */
    this.codes = new Map();
    /** @type {Set<string>} tokens that are no longer good */
    this.revoked = new Set();
  }

  /**
   * A code such as an agent reads out to a customer. It stays good until it is withdrawn.
   * @param {TicketOptions} [options] of the token that the code is exchanged for
   * @returns {string} six digits
   */
  addCode(options = {}) {
    const code = String(100_000 + (randomBytes(4).readUInt32BE() % 900_000));
    this.codes.set(code, { conversationId: randomUUID(), ...options });
    return code;
  }

  /** @param {string} code no longer good from now on */
  withdrawCode(code) {
    this.codes.delete(code);
  }

  /**
   * `POST conversations/codes`.
   * @param {string} organizationId @param {string} code
   * @returns {{ conversation: { id: string }, sourceCommunicationId: string, jwt: string } | undefined}
   *   undefined: not a code of this organisation
   */
  redeem(organizationId, code) {
    const options = this.codes.get(code);
    if (!options || organizationId !== this.directory.organization.id) return undefined;
    return this.customerData(options);
  }

  /** What `initialize()` of a guest takes instead of a code. @param {TicketOptions} [options] */
  customerData(options = {}) {
    const conversationId = options.conversationId ?? randomUUID();
    const sourceCommunicationId = options.sourceCommunicationId ?? randomUUID();
    const jwt = this.issue({ ...options, conversationId, sourceCommunicationId });
    return { conversation: { id: conversationId }, sourceCommunicationId, jwt };
  }

  /** @param {TicketOptions} [options] @returns {string} a JWT */
  issue({
    userId, name, roomJid, conversationId = randomUUID(), sourceCommunicationId = randomUUID(),
    issuer = 'urn:purecloud:conversation', lifetimeMs = LIFETIME_MS,
  } = {}) {
    const user = userId === undefined ? undefined : this.directory.require(userId);
    const payload = {
      iss: issuer,
      exp: Math.floor((Date.now() + lifetimeMs) / 1000),
      org: this.directory.organization.id,
      name: name ?? user?.name ?? 'Local Guest',
      data: {
        jid: roomJid ?? `acd-${conversationId}@conference.${this.directory.domain}`,
        ...(userId !== undefined && { uid: userId }),
        conversationId,
        sourceCommunicationId,
      },
    };
    const body = `${HEADER}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    return `${body}.${this.sign(body)}`;
  }

  /** Makes a token invalid from now on. @param {string} jwt */
  revoke(jwt) {
    this.revoked.add(jwt);
  }

  /** @param {string} body @returns {string} */
  sign(body) {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }

  /** @param {string} jwt @returns {Ticket | undefined} undefined: forged, expired, revoked or not a JWT */
  verify(jwt) {
    const [header, payload, signature, ...more] = jwt.split('.');
    if (more.length || !signature || this.revoked.has(jwt)) return undefined;
    const expected = Buffer.from(this.sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const { iss, exp, name, data } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (exp * 1000 <= Date.now()) return undefined;
    const user = data.uid === undefined ? undefined : this.directory.get(data.uid);
    const id = user?.id ?? `guest-${data.sourceCommunicationId}`.toLowerCase();
    return {
      id, jid: user?.jid ?? `${id}@${this.directory.domain}`, name, roomJid: data.jid, uid: data.uid, issuer: iss,
      conversationId: data.conversationId, sourceCommunicationId: data.sourceCommunicationId,
    };
  }
}
