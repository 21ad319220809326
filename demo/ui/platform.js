// SPDX-License-Identifier: MIT
// The helpers only the local platform offers. On any other server they are absent, and the page does without.

/**
 * @typedef {object} PlatformConfig
 * @property {string} environment
 * @property {string} wsHost
 * @property {string} token
 * @property {string} [userId]
 * @property {string} [organizationId]
 * @property {string} [clientId] of its OAuth page
 * @property {{ id?: string, name?: string }} [user]
 */

/** @returns {Promise<PlatformConfig | null>} null when the page is not served by the local platform */
export const readConfig = async () => {
  try {
    const response = await fetch('/platform/config', { headers: { accept: 'application/json' } });
    if (!response.ok) return null;
    const config = await response.json();
    const usable = typeof config?.environment === 'string' && typeof config.token === 'string';
    return usable ? config : null;
  } catch {
    return null;
  }
};

/** @param {string} path @param {object} body */
const post = async (path, body) => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The local platform answered ${response.status}`);
  const text = await response.text();
  return text ? JSON.parse(text) : {};
};

/** Makes the local caller ring this agent. @returns {Promise<{ conversationId?: string }>} */
export const ring = () => post('/platform/call', {});

/** Makes the local caller hang up. @param {string} conversationId */
export const callerHangsUp = (conversationId) => post('/platform/hangup', { conversationId });

/** A security code for a guest. @returns {Promise<{ code: string }>} */
export const newCode = () => post('/platform/code', {});

/** A JWT of the agent. @returns {Promise<{ jwt: string }>} */
export const newJwt = () => post('/platform/jwt', {});

/** Changes the agent's station. @param {{ lines: number, persistent: boolean }} station */
export const changeStation = (station) => post('/platform/station', station);

/** Has the robot invite the agent to a meeting. */
export const invite = () => post('/platform/meet', {});

/** Asks for the agent's screen, or ends its recordings. @param {boolean} on */
export const record = (on) => post('/platform/record', { on });

/** Takes the network away for a while. @param {number} seconds */
export const loseNetwork = (seconds) => post('/platform/drop', { seconds });
