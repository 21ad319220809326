// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'names that the script exports, their values',
  brief: true,
  async run({ exports, note }) {
    const kinds = Object.entries(exports).map(([name, value]) => [name, typeof value]);
    // Names of types are there too, with nothing in them.
    for (const [name, kind] of kinds.sort()) if (kind !== 'undefined') note(`export ${name}`, kind);
    const { GenesysCloudWebrtcSdk: Sdk, SdkError, SessionTypes, SdkErrorTypes } = exports;
    note('default', exports.default === Sdk);
    for (const name of ['SessionTypes', 'SdkErrorTypes', 'JingleReasons', 'CommunicationStates', 'HeadsetEvents']) {
      if (exports[name]) note(name, { ...exports[name] });
    }
    note('of the class', [typeof Sdk.VERSION, typeof SdkError, typeof SessionTypes, typeof SdkErrorTypes]);
  },
};
