// SPDX-License-Identifier: MIT
// The program of the packed package replays what its SDK recorded, with nothing else installed; so it does with what
// the build without WebAssembly recorded.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { startPlatform } from '../../demo/platform/index.js';
import { makeProject } from './project.mjs';

Object.assign(globalThis, { WebSocket });

/** @type {import('./project.mjs').Project} */
let project;

before(async () => {
  project = await makeProject();
});
after(() => project?.remove());

for (const build of ['index.mjs', 'no-wasm.mjs']) {
  test(`a sign-in with ${build} is replayed by the program of the package`, async (t) => {
    const platform = await startPlatform();
    t.after(() => platform.close());
    const path = join(project.folder, 'node_modules/genesys-cloud-webrtc-sdk/dist', build);
    const { GenesysCloudWebrtcSdk } = await import(pathToFileURL(path).href);
    const { token: accessToken, url: environment, wsUrl: wsHost } = platform;
    const sdk = new GenesysCloudWebrtcSdk({ accessToken, environment, wsHost, logger: { ...console, warn() {} } });
    t.after(() => sdk.destroy());
    await sdk.initialize();
    const recording = JSON.stringify(await sdk.exportDiagnostics());
    assert.ok(!recording.includes(accessToken));
    writeFileSync(join(project.folder, 'recording.json'), recording);
    const program = join(project.folder, 'node_modules/.bin/genesys-cloud-webrtc-sdk-wasm');
    const { status, stdout } = spawnSync(program, ['replay', 'recording.json'],
      { cwd: project.folder, encoding: 'utf8' });
    assert.match(stdout, /EVENT ready \[\][^]*all are those of the recording\.\n$/);
    assert.equal(status, 0);
  });
}
