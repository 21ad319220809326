// SPDX-License-Identifier: MIT
// An application's folder: empty but for the packed package, installed under the original's name.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../wasm/toolchain/steps.mjs';

const runFile = promisify(execFile);
const npm = (/** @type {string[]} */ args, /** @type {string} */ cwd) => (
  runFile('npm', args, { cwd, timeout: 120_000, maxBuffer: 1 << 24 }));

/** @typedef {{ folder: string, files: { path: string, size: number }[], size: number, remove(): void }} Project */

/**
 * Packs the package and installs it, without the network.
 * @returns {Promise<Project>} `files` are those in the archive, `size` the archive's bytes
 */
export const makeProject = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'application-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    const [{ filename, files, size }] = JSON.parse(stdout);
    const dependencies = { 'genesys-cloud-webrtc-sdk': `file:${filename}` };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
    await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], folder);
    cpSync(join(root, 'tests/package/apps'), folder, { recursive: true });
    return { folder, files, size, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
