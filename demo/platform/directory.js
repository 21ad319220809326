// SPDX-License-Identifier: MIT
// Who exists: one organisation, its users, their access tokens and stations.

import { randomBytes, randomUUID } from 'node:crypto';
import { COUNT, FLAG, NOTHING, OBJECT, TEXT, anyOf, expectOptions } from './options.js';

/**
 * @typedef {object} Station the members the SDK reads, sessions.md section 4.1
 * @property {string} id
 * @property {string} name
 * @property {string} status
 * @property {string} userId
 * @property {string} type
 * @property {boolean} webRtcPersistentEnabled
 * @property {boolean} webRtcForceTurn
 * @property {number} webRtcCallAppearances
 */

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} name
 * @property {string} jid bare JID
 * @property {string} token the first access token issued for this user
 * @property {Station | null} station null: the user has no effective station
 */

export class Directory {
  /** @param {string} domain the XMPP domain of the organisation */
  constructor(domain) {
    this.domain = domain;
    this.organization = { id: randomUUID(), name: 'Local Platform', thirdPartyOrgName: domain.split('.')[0] };
    /** @type {Map<string, User>} */
    this.byId = new Map();
    /** @type {Map<string, string>} token to user id */
    this.tokens = new Map();
  }

  /**
   * Adds a user with a WebRTC softphone station.
   * @param {{ id?: string, name?: string, station?: Partial<Station> | null }} [options]
   * @returns {User}
   */
  add(options = {}) {
    expectOptions('users.add()', options, { id: TEXT, name: TEXT, station: anyOf(OBJECT, NOTHING) });
    const { id = randomUUID(), name = id, station = {} } = options;
    if (this.byId.has(id)) throw new Error(`There is a user ${id} already.`);
    /** @type {User} */
    const user = { id, name, jid: `${id}@${this.domain}`, token: '', station: null };
    if (station) user.station = makeStation(user, station);
    this.byId.set(id, user);
    user.token = this.issueToken(id);
    return user;
  }

  /** @param {string} id @returns {User | undefined} */
  get(id) {
    return this.byId.get(id);
  }

  /** @param {string} id @returns {User} @throws when there is no such user */
  require(id) {
    const user = this.byId.get(id);
    if (!user) throw new Error(`There is no user ${id}: \`platform.users.add({ id: '${id}' })\` makes one.`);
    return user;
  }

  /** @param {string} userId @returns {string} one more valid access token */
  issueToken(userId) {
    this.require(userId);
    const token = randomBytes(32).toString('base64url');
    this.tokens.set(token, userId);
    return token;
  }

  /** Makes a token invalid from now on. @param {string} token */
  revokeToken(token) {
    this.tokens.delete(token);
  }

  /** @param {string} token @returns {User | undefined} */
  byToken(token) {
    const id = this.tokens.get(token);
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** @param {string} bareJid @returns {User | undefined} */
  byJid(bareJid) {
    const jid = bareJid.toLowerCase();
    return [...this.byId.values()].find((user) => user.jid.toLowerCase() === jid);
  }

  /** @param {string} stationId @returns {Station | undefined} */
  stationById(stationId) {
    return [...this.byId.values()].find((user) => user.station?.id === stationId)?.station ?? undefined;
  }

  /**
   * Replaces members of the user's station, or takes it away.
   * @param {string} userId @param {Partial<Station> | null} change
   */
  changeStation(userId, change) {
    const user = this.require(userId);
    if (change) expectOptions('changeStation()', change, STATION);
    user.station = change ? { ...(user.station ?? makeStation(user, {})), ...change } : null;
    return user.station;
  }
}

/** What a station may be told to be. @type {import('./options.js').Kinds} */
export const STATION = {
  id: TEXT, name: TEXT, status: TEXT, userId: TEXT, type: TEXT, webRtcPersistentEnabled: FLAG, webRtcForceTurn: FLAG,
  webRtcCallAppearances: COUNT,
};

/** @param {User} user @param {Partial<Station>} given @returns {Station} */
function makeStation(user, given) {
  expectOptions('station', given, STATION);
  return {
    id: randomUUID(),
    name: `${user.name} WebRTC Phone`,
    status: 'ASSOCIATED',
    userId: user.id,
    type: 'inin_webrtc_softphone',
    webRtcPersistentEnabled: false,
    webRtcForceTurn: false,
    webRtcCallAppearances: 1,
    ...given,
  };
}

/** @param {User} user the body of `GET users/me`, with the `station` expansion when asked for */
export function userBody(user, expandStation = false) {
  const station = user.station && { id: user.station.id, name: user.station.name, type: user.station.type };
  const stations = station
    ? { associatedStation: station, effectiveStation: station, lastAssociatedStation: station } : {};
  return {
    id: user.id,
    name: user.name,
    chat: { jabberId: user.jid },
    email: `${user.id}@example.org`,
    state: 'active',
    selfUri: `/api/v2/users/${user.id}`,
    ...(expandStation && { station: stations }),
  };
}
