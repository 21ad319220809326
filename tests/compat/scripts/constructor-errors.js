// SPDX-License-Identifier: MIT

/** @type {import('../stage.mjs').Script} */
export default {
  title: 'constructor: what is refused',
  brief: true,
  async run({ exports, note, silent, outcome }) {
    const { GenesysCloudWebrtcSdk: Sdk, SdkError } = exports;
    for (const config of [undefined, null, {}, { environment: 'mypurecloud.com' }, { accessToken: '' }]) {
      await outcome(`new Sdk(${JSON.stringify(config)})`, () => {
        const sdk = new Sdk(config && { logger: silent, ...config });
        return sdk instanceof Sdk;
      });
    }
    try {
      new Sdk();
    } catch (/** @type {any} */ error) {
      note('class', [error instanceof Error, error instanceof SdkError, String(error), typeof error.stack]);
    }
  },
};
