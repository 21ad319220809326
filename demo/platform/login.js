// SPDX-License-Identifier: MIT
// What a page needs of login.<environment>: /oauth/authorize for the implicit grant. Whoever comes is the default
// agent and is asked; the answer is a redirect with a token, or an error, in the fragment. Only the edge: there are no
// passwords and no scopes.

import { escapeText } from './xml.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 26rem; margin: 12vh auto; padding: 0 1rem }
  button { min-height: 44px; margin-right: 8px; padding: 8px 18px; font: inherit }`;

/** @param {string} title @param {string} body */
const pageOf = (title, body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;

export class Login {
  /** @param {import('./directory.js').Directory} directory @param {string} userId who signs in here */
  constructor(directory, userId) {
    this.directory = directory;
    this.userId = userId;
    /** Clients that may ask. */
    this.clients = new Set(['agent-desktop']);
    /** What a page is told of the life of its token; the platform takes it until it is revoked. */
    this.tokenSeconds = 86_400;
  }

  /**
   * @param {URL} url of a request @returns {{ client: string, back: URL } | string} what is wrong with it; then there
   *   is no redirect: an address nobody has registered gets neither a token nor an error
   */
  read(url) {
    const client = url.searchParams.get('client_id') ?? '';
    if (!this.clients.has(client)) return 'There is no such client id.';
    const address = url.searchParams.get('redirect_uri') ?? '';
    const back = URL.canParse(address) ? new URL(address) : undefined;
    return back?.origin === url.origin ? { client, back } : 'The redirect address does not belong to this client.';
  }

  /** @param {URL} url @param {boolean} allowed @returns {Record<string, string>} members of the fragment */
  answer(url, allowed) {
    if (url.searchParams.get('response_type') !== 'token') return { error: 'unsupported_response_type' };
    if (!allowed) return { error: 'access_denied', error_description: 'The user said no' };
    const token = this.directory.issueToken(this.userId);
    return { access_token: token, expires_in: String(this.tokenSeconds), token_type: 'bearer' };
  }

  /**
   * @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {URL} url @param {() => Promise<string | undefined>} body
   */
  async handle(request, response, url, body) {
    const headers = {
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': POLICY,
    };
    const asked = this.read(url);
    if (typeof asked === 'string') {
      return response.writeHead(400, headers).end(pageOf('No sign-in', `<p>${asked}</p>`));
    }
    if (request.method !== 'POST') {
      const { name } = this.directory.require(this.userId);
      const question = `<p>${escapeText(asked.client)} wants to use the account of ${escapeText(name)}.</p>
<form method="post"><button name="say" value="allow">Allow</button>
<button name="say" value="deny">Deny</button></form>`;
      return response.writeHead(200, headers).end(pageOf('Local platform', question));
    }
    const said = new URLSearchParams(await body()).get('say');
    const fragment = new URLSearchParams(this.answer(url, said === 'allow'));
    const state = url.searchParams.get('state');
    if (state !== null) fragment.set('state', state);
    asked.back.hash = fragment.toString();
    return response.writeHead(302, { location: asked.back.href, 'cache-control': 'no-store' }).end();
  }
}
