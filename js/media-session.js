// SPDX-License-Identifier: MIT

import { Emitter, hide } from './emitter.js';

/**
 * A media session as applications see it: a mirror of what the core says about it, with the browser's peer
 * connection and the events of the session.
 */
export class MediaSession extends Emitter {
  /** @param {Record<string, any>} members */
  constructor(members) {
    super();
    /** @type {Record<string, any>} */
    this._mirror = { state: 'pending', connectionState: 'starting' };
    /** The session's peer connection. @type {RTCPeerConnection | undefined} */
    this.pc = undefined;
    hide(this, ['_mirror']);
    this.update(members);
  }

  /** 'pending', 'active' or 'ended'. @returns {string} */
  get state() {
    return this._mirror.state;
  }

  /** State of the peer connection; 'starting' before there is one. @returns {string} */
  get connectionState() {
    return this._mirror.connectionState;
  }

  /** Gives the object a method of its kind of session. @param {string} name @param {(...args: any[]) => any} run */
  method(name, run) {
    Reflect.set(this, name, run);
    hide(this, [/** @type {any} */ (name)]);
  }

  /** Takes over what changed. @param {Record<string, any>} members */
  update(members) {
    for (const [name, value] of Object.entries(members)) {
      if (name === 'state' || name === 'connectionState') this._mirror[name] = value;
      // The methods of an emitter are never overwritten.
      else if (!(name in Emitter.prototype)) Reflect.set(this, name, value ?? undefined);
    }
  }

  /** What a log or a request body may show of a session. */
  toJSON() {
    const { id, conversationId, sessionType } = /** @type {Record<string, any>} */ (this);
    return { id, conversationId, sessionType, state: this.state, connectionState: this.connectionState };
  }
}
