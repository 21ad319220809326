// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'sdk.media.startMedia and requestMediaPermissions',
  async run({ signIn, call, note, watchMedia, quiet }) {
    await signIn();
    watchMedia();
    await call('media.requestMediaPermissions', 'audio');
    await quiet();
    for (const options of [
      { audio: true }, { video: true }, { audio: true, video: true, videoResolution: { width: 640, height: 480 } },
      { audio: 'no-such-device' }, { audio: null, video: 'no-such-device' }, { audio: false, video: false }, {},
    ]) {
      const stream = await call('media.startMedia', options);
      note('tracks', stream?.getTracks().map((/** @type {any} */ track) => [track.kind, track.enabled]));
      for (const track of stream?.getTracks() ?? []) track.stop();
      await quiet();
    }
    await call('media.requestMediaPermissions', 'both');
    await call('media.requestMediaPermissions', 'none');
    await call('media.getState');
  },
};
