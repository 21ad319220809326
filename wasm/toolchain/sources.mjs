// SPDX-License-Identifier: MIT
// Third-party sources that are fetched into build/deps and never committed: cJSON, and for tests the
// published SDK.

import {
  copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import {
  StepError, buildDir, capture, hashFiles, hashOf, isStamped, root, run, say, stamp, step, which,
} from './steps.mjs';

const deps = join(buildDir, 'deps');
const cjsonDir = join(deps, 'cjson');
const originalDir = join(deps, 'original');

/** The upstream release, for systems without Debian's source packages. */
const CJSON_UPSTREAM = {
  url: 'https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.19.tar.gz',
  sha256: '7fa616e3046edfa7a28a32d5f9eacfd23f92900fe1f8ccd988c1662f30454562',
};

/** @typedef {{ name: string, version: string, sha256: string }} Published a package as it was published */

/** @type {Published} */
export const ORIGINAL = {
  name: 'genesys-cloud-webrtc-sdk',
  version: '9.2.4',
  sha256: '912faecef9f9f0c6da15c85799028f4fb9dbb3ddb107457afb4fe177da44a196',
};

/** Whose declarations the original exports beside its own. @type {Published[]} */
const DECLARING = [
  ORIGINAL,
  {
    name: 'genesys-cloud-streaming-client',
    version: '17.2.7',
    sha256: 'eecce7b3403901272e90eb3ef95088c3c4c2015467658561604033f1d5de1693',
  },
  {
    name: 'softphone-vendor-headsets',
    version: '2.5.2',
    sha256: '14ee61d1fcbb46aeb38f5f0f73e8c38f084f627e324c7fd181e94fca7b0f798b',
  },
];

/** Where the tests find the published original's script, and its declarations (a folder per package). */
export const originalBundle = join(originalDir, 'original.bundle.min.js');
export const originalTypes = join(deps, 'original-types');

/** Where the bundlers of tests/package are installed. */
export const bundlersDir = join(deps, 'bundlers');

/** The text of every source list of this machine. @param {string} extension */
const sourceLists = (extension) => {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const paths = names.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
  if (extension === '.list') paths.unshift('/etc/apt/sources.list');
  return paths.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
};

/**
 * A copy of the machine's apt sources that asks for source packages instead of binary ones.
 * @param {string} folder where the copy is written
 */
const writeSourceLists = (folder) => {
  const lines = sourceLists('.list').join('\n').split('\n')
    .filter((line) => /^\s*deb\s/.test(line)).map((line) => line.replace(/^\s*deb\s/, 'deb-src '));
  const stanzas = sourceLists('.sources').join('\n\n').split(/\n\s*\n/)
    .map((stanza) => stanza.replace(/^#.*\n?/gm, ''))
    .filter((stanza) => /^Types:.*\bdeb\b/m.test(stanza) && !/^Enabled:\s*no/im.test(stanza))
    .map((stanza) => stanza.trim().replace(/^Types:.*$/m, 'Types: deb-src'));
  writeFileSync(join(folder, 'copy.list'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'copy.sources'), `${stanzas.join('\n\n')}\n`);
};

/** Listed versions of a source package, newest first. @param {string} index output of apt-cache showsrc */
const versionsIn = (index) => {
  const versions = [...new Set([...index.matchAll(/^Version: (.+)$/gm)].map((match) => match[1]))];
  const isNewer = (/** @type {string} */ a, /** @type {string} */ b) =>
    capture('dpkg', ['--compare-versions', a, 'gt', b]) !== undefined;
  return versions.sort((a, b) => (a === b ? 0 : isNewer(a, b) ? -1 : 1));
};

/**
 * cJSON out of the distribution's source package, security patches applied. apt checks the archive's
 * signature and hashes. Lists and downloads lie in a folder of the build, so the machine's own configuration
 * stays as it is.
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder of the unpacked source
 */
const cjsonFromDistribution = async (work) => {
  const options = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Dir::Etc::sourcelist=/dev/null'];
  const folders = { 'Dir::Etc::sourceparts': 'sources', 'Dir::State::lists': 'lists', 'Dir::Cache': 'cache' };
  for (const [key, name] of Object.entries(folders)) {
    mkdirSync(join(work, name, 'partial'), { recursive: true });
    options.push('-o', `${key}=${join(work, name)}`);
  }
  mkdirSync(join(work, 'cache/archives/partial'), { recursive: true });
  rmSync(join(work, 'sources/partial'), { recursive: true });
  writeSourceLists(join(work, 'sources'));
  // A list that cannot be had (a third party's, without sources) is no reason to stop.
  await run('list of source packages', 'apt-get', [...options, 'update'], { cwd: work }).catch(() => '');
  const versions = versionsIn(capture('apt-cache', [...options, 'showsrc', '--only-source', 'cjson']) ?? '');
  for (const version of versions) {
    const source = join(work, 'source');
    rmSync(source, { recursive: true, force: true });
    try {
      const fetch = ['source', '--download-only', '--only-source', `cjson=${version}`];
      await run(`download of cjson ${version}`, 'apt-get', [...options, ...fetch], { cwd: work });
      const dsc = readdirSync(work).find((name) => name.endsWith(`_${version.replace(/^\d+:/, '')}.dsc`));
      if (!dsc) throw new StepError(`no .dsc file came with cjson ${version}`);
      await run('dpkg-source', 'dpkg-source', ['-x', dsc, source], { cwd: work });
      say(`  cJSON from the source package, version ${version}`);
      return source;
    } catch (error) {
      say(`  ${/** @type {Error} */ (error).message}`);
    }
  }
  throw new StepError('no source package of cjson could be had');
};

/**
 * cJSON's upstream release, held against its pinned hash.
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder of the unpacked source
 */
const cjsonFromUpstream = async (work) => {
  const response = await fetch(CJSON_UPSTREAM.url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new StepError(`the upstream release answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (hashOf(bytes) !== CJSON_UPSTREAM.sha256) throw new StepError('the upstream release has another hash');
  writeFileSync(join(work, 'cjson.tar.gz'), bytes);
  await run('tar', 'tar', ['-xzf', 'cjson.tar.gz', '--strip-components=1'], { cwd: work });
  say('  cJSON from the upstream release');
  return work;
};

/** Brings cJSON.c and cJSON.h into build/deps/cjson. */
export const ensureCjson = async () => {
  if (['cJSON.c', 'cJSON.h'].every((name) => existsSync(join(cjsonDir, name)))) return;
  await step('source of cJSON', async () => {
    const ways = which('apt-get') && which('dpkg-source')
      ? [cjsonFromDistribution, cjsonFromUpstream] : [cjsonFromUpstream];
    /** @type {string[]} */
    const reasons = [];
    const work = join(deps, 'cjson-download');
    for (const way of ways) {
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work, { recursive: true });
      try {
        const source = await way(work);
        mkdirSync(cjsonDir, { recursive: true });
        for (const name of ['cJSON.h', 'cJSON.c']) copyFileSync(join(source, name), join(cjsonDir, name));
        rmSync(work, { recursive: true, force: true });
        return;
      } catch (error) {
        reasons.push(/** @type {Error} */ (error).message);
      }
    }
    throw new StepError(`cJSON's source could not be fetched (${reasons.join('; ')}): check the network, or `
      + 'put cJSON.c and cJSON.h into build/deps/cjson, then run the same command again.');
  });
};

/**
 * Unpacks members of a published package, held against its pinned hash, into an empty folder.
 * @param {Published} published
 * @param {string} folder
 * @param {string[]} members file names or patterns
 */
const unpackPublished = async ({ name, version, sha256 }, folder, members) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const hint = 'The tests against the original need it: check the network and run the same command again.';
  await run('npm pack', 'npm', ['pack', `${name}@${version}`, '--pack-destination', folder], { hint });
  const tarball = join(folder, `${name}-${version}.tgz`);
  if (hashOf(readFileSync(tarball)) !== sha256) {
    throw new StepError(`The downloaded ${name}-${version}.tgz is not the published one: its hash differs.`);
  }
  await run('tar', 'tar', ['-xzf', tarball, '-C', folder, '--strip-components=1', '--wildcards', ...members]);
  rmSync(tarball);
};

/** Brings the published original's script into build/deps/original; none of its dependencies is installed. */
export const ensureOriginal = async () => {
  if (existsSync(originalBundle)) return;
  await step('the published original SDK (for the tests)', async () => {
    const member = 'dist/genesys-cloud-webrtc-sdk.bundle.min.js';
    await unpackPublished(ORIGINAL, originalDir, [`package/${member}`]);
    renameSync(join(originalDir, member), originalBundle);
    rmSync(join(originalDir, 'dist'), { recursive: true });
  });
};

/** Brings the original's declarations into build/deps. */
export const ensureOriginalTypes = async () => {
  const mark = join(originalTypes, '.packages');
  const wanted = JSON.stringify(DECLARING);
  if (isStamped(mark, wanted)) return;
  await step('the original\'s declarations (for the tests)', async () => {
    for (const one of DECLARING) await unpackPublished(one, join(originalTypes, one.name), ['*.d.ts']);
    stamp(mark, wanted);
  });
};

/** Installs the bundlers of tests/package, which have a lock file of their own: only that stage needs them. */
export const ensureBundlers = async () => {
  const files = ['package.json', 'package-lock.json'].map((name) => join('tests/package/bundlers', name));
  const mark = join(bundlersDir, '.from-lock');
  const state = hashFiles(files);
  if (isStamped(mark, state)) return;
  await step('bundlers (for the tests)', async () => {
    mkdirSync(bundlersDir, { recursive: true });
    for (const file of files) copyFileSync(join(root, file), join(bundlersDir, basename(file)));
    await run('npm ci', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      { cwd: bundlersDir, hint: 'Check the network and run the same command again.' });
    stamp(mark, state);
  });
};
