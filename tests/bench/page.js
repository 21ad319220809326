// SPDX-License-Identifier: MIT
// Runs in a page of its own per measurement, before the SDK: runs the SDK's script, signs in, is rung, and
// says how long each step took. Times are those of this page's clock, so nothing of the browser's remote
// control is in them.

{
  const scope = /** @type {any} */ (window);

  /** When the newest proposal arrived; the listener is there before the SDK's own. */
  let proposed = 0;
  const OriginalSocket = window.WebSocket;
  scope.WebSocket = class extends OriginalSocket {
    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        if (String(data).includes('<propose')) proposed = performance.now();
      });
    }
  };

  /** @type {any} */
  let sdk;

  /**
   * Milliseconds from the start of the script's evaluation until the constructor has returned. The text is
   * there already, so neither the network nor a cache of compiled code has a part in it.
   * @param {{ script: string, config: object }} what
   */
  const construct = async ({ script, config }) => {
    const element = document.createElement('script');
    element.textContent = await (await fetch(script)).text();
    const started = performance.now();
    document.body.append(element);
    sdk = new scope.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk(config);
    return performance.now() - started;
  };

  /** Milliseconds from `initialize()` to `ready`. */
  const initialize = async () => {
    let ready = 0;
    sdk.once('ready', () => (ready = performance.now()));
    const started = performance.now();
    await sdk.initialize();
    return ready - started;
  };

  /** Milliseconds from the arrival of the next proposal to its `pendingSession`. @returns {Promise<number>} */
  const ring = () => new Promise((resolve) => {
    sdk.once('pendingSession', () => resolve(performance.now() - proposed));
  });

  scope.bench = { construct, initialize, ring };
}
