// SPDX-License-Identifier: MIT
// The stream that softphone sessions are accepted with when there is no other (media.md §16). Who adds, removes or
// stops tracks from a script fires no event, so these functions are watched as well as the events.

/** @param {object} object @param {string} name */
const restore = (object, name) => Reflect.deleteProperty(object, name);

export class DefaultStream {
  /** @param {(stream: MediaStream | undefined) => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {MediaStream | undefined} */
    this.stream = undefined;
    /** Audio tracks that are watched, each with what ends it. @type {Map<MediaStreamTrack, () => void>} */
    this.watched = new Map();
    this.added = (/** @type {any} */ event) => this.watch(event.track);
    this.removed = (/** @type {any} */ event) => this.watched.get(event.track)?.();
  }

  /** The same stream again changes nothing. @param {MediaStream} [stream] */
  set(stream) {
    if ((stream || undefined) === this.stream) return;
    this.release();
    this.stream = stream || undefined;
    if (stream) this.observe(stream);
    this.changed(this.stream);
  }

  /** @param {MediaStream} stream */
  observe(stream) {
    const { addTrack, removeTrack } = stream;
    stream.addTrack = (track) => {
      addTrack.call(stream, track);
      this.watch(track);
    };
    stream.removeTrack = (track) => {
      removeTrack.call(stream, track);
      this.watched.get(track)?.();
    };
    stream.addEventListener?.('addtrack', this.added);
    stream.addEventListener?.('removetrack', this.removed);
    for (const track of stream.getTracks?.() ?? []) this.watch(track);
  }

  /** @param {MediaStreamTrack} track */
  watch(track) {
    if (track.kind !== 'audio' || this.watched.has(track)) return;
    const own = Object.getOwnPropertyDescriptor(track, 'stop');
    const { stop } = track;
    const forget = () => {
      this.watched.delete(track);
      track.removeEventListener?.('ended', over);
      if (own) Object.defineProperty(track, 'stop', own);
      else restore(track, 'stop');
    };
    const over = () => {
      forget();
      stop.call(track);
      this.stream?.removeTrack(track);
      if (!this.stream?.getAudioTracks().some(({ readyState }) => readyState === 'live')) this.set();
    };
    track.stop = over;
    track.addEventListener?.('ended', over);
    this.watched.set(track, forget);
  }

  /** Leaves the stream as it was; its tracks go on. */
  release() {
    const { stream } = this;
    for (const forget of [...this.watched.values()]) forget();
    if (!stream) return;
    restore(stream, 'addTrack');
    restore(stream, 'removeTrack');
    stream.removeEventListener?.('addtrack', this.added);
    stream.removeEventListener?.('removetrack', this.removed);
  }
}
