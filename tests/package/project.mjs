// SPDX-License-Identifier: MIT
// An application's folder: its sources and the packed package, nothing else.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
 * @param {{ apps?: string, as?: string, beside?: Record<string, string> }} [options] `apps`: a folder below
 *   tests/package, by default that of the applications of the original; `as`: the name it is installed under, by
 *   default the original's; `beside`: other packages and where they are
 * @returns {Promise<Project>} `files` are those in the archive, `size` the archive's bytes
 */
export const makeProject = async ({ apps = 'apps', as = 'genesys-cloud-webrtc-sdk', beside = {} } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'application-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    const [{ filename, files, size }] = JSON.parse(stdout);
    const others = Object.entries(beside).map(([name, path]) => [name, `file:${path}`]);
    const dependencies = { [as]: `file:${filename}`, ...Object.fromEntries(others) };
    cpSync(join(root, 'tests/package', apps), folder, { recursive: true });
    const manifest = join(folder, 'package.json');
    const own = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : { private: true, type: 'module' };
    writeFileSync(manifest, JSON.stringify({ ...own, dependencies, devDependencies: {} }));
    await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], folder);
    return { folder, files, size, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
