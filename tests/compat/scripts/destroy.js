// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'destroy() during a call',
  async run({ signIn, talk, call, quiet, note, session }) {
    await signIn();
    await talk();
    const { pc } = session();
    await call('destroy');
    await quiet();
    note('peer', pc.signalingState);
    note('audio elements', document.querySelectorAll('audio').length);
  },
};
