// SPDX-License-Identifier: MIT
// What happens to the page: seen or hidden, on-line or off-line, going away.

/** Whether the browser believes in its connection; true where nobody says so. */
export const isOnline = () => globalThis.navigator?.onLine !== false;

/** What statistics say about the browser. */
export const machineFacts = () => {
  const { userAgent, platform, hardwareConcurrency: cores } = globalThis.navigator ?? {};
  return { userAgent, platform, cores };
};

/**
 * Watches the page, where there is one.
 * @param {(event: 'visible' | 'hidden' | 'resume' | 'online' | 'offline' | 'suspend' | 'unload') => void} tell
 * @returns {() => void} stops watching
 */
export const watchPage = (tell) => {
  const removers = /** @type {(() => void)[]} */ ([]);
  /** @param {EventTarget | undefined} target @param {string} name @param {(event: Event) => void} listener */
  const listen = (target, name, listener) => {
    if (typeof target?.addEventListener !== 'function') return;
    target.addEventListener(name, listener);
    removers.push(() => target.removeEventListener(name, listener));
  };
  const page = globalThis.document;
  listen(page, 'visibilitychange', () => tell(page.visibilityState === 'visible' ? 'visible' : 'hidden'));
  // A tab thawed, or a page out of the back-forward cache: no other event tells of it.
  listen(page, 'resume', () => tell('resume'));
  if (page) {
    listen(globalThis.window, 'pageshow', (event) => {
      if (/** @type {PageTransitionEvent} */ (event).persisted) tell('resume');
    });
    listen(globalThis.window, 'online', () => tell('online'));
    listen(globalThis.window, 'offline', () => tell('offline'));
    // Not `beforeunload`, where the documentation has it, nor `unload`: with a listener for one of them some browsers
    // do not keep the page. What is logged here is sent when the page becomes hidden, which comes next.
    listen(globalThis.window, 'pagehide', (event) => {
      tell(/** @type {PageTransitionEvent} */ (event).persisted ? 'suspend' : 'unload');
    });
  }
  return () => {
    for (const remove of removers.splice(0)) remove();
  };
};
