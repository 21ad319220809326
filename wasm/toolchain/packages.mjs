// SPDX-License-Identifier: MIT
// System packages: what each purpose needs, whether it is there, and its installation through apt.

import { existsSync } from 'node:fs';
import { StepError, capture, run, say, step, which } from './steps.mjs';

/**
 * A package is present when one of its commands is on PATH (an emsdk, a newer cmake) or dpkg knows it as
 * installed.
 * `service`: Debian starts it once it is installed, which is not wanted here: tests run it themselves.
 * @typedef {{name: string, commands?: string[], file?: string, service?: boolean}} Package
 */

/** @type {Readonly<Record<string, Package>>} */
const PACKAGES = {
  certificates: { name: 'ca-certificates', file: '/etc/ssl/certs/ca-certificates.crt' },
  cmake: { name: 'cmake', commands: ['cmake'] },
  ninja: { name: 'ninja-build', commands: ['ninja'] },
  emscripten: { name: 'emscripten', commands: ['emcc'] },
  dpkgDev: { name: 'dpkg-dev', commands: ['dpkg-source'] },
  xz: { name: 'xz-utils', commands: ['xz'] },
  cc: { name: 'gcc', commands: ['gcc'] },
  cxx: { name: 'g++', commands: ['g++'] },
  clang: { name: 'clang', commands: ['clang'] },
  clangTidy: { name: 'clang-tidy', commands: ['clang-tidy'] },
  cppcheck: { name: 'cppcheck', commands: ['cppcheck'] },
  llvm: { name: 'llvm', commands: ['llvm-cov'] },
  clangFormat: { name: 'clang-format', commands: ['clang-format'] },
  cmocka: { name: 'libcmocka-dev', file: '/usr/include/cmocka.h' },
  expat: { name: 'libexpat1-dev', file: '/usr/include/expat.h' },
  chromium: { name: 'chromium', commands: ['chromium', 'chromium-browser'], file: process.env.CHROMIUM },
  firefox: { name: 'firefox-esr', commands: ['firefox-esr', 'firefox'], file: process.env.FIREFOX },
  prosody: { name: 'prosody', commands: ['prosody'], service: true },
  coturn: { name: 'coturn', commands: ['turnserver'], service: true },
  fonts: { name: 'fonts-dejavu-core', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
};

/** @typedef {keyof typeof PACKAGES | 'fuzzerRuntime'} PackageKey */

/**
 * Which of the named packages dpkg has installed.
 * @param {string[]} names
 * @returns {Set<string>}
 */
const installed = (names) => {
  const format = '-f=${Package} ${db:Status-Status}\n';
  // dpkg-query fails when one name is unknown but still lists the others: one shell keeps its output.
  const text = capture('sh', ['-c', 'dpkg-query -W "$@" 2>/dev/null || true', 'sh', format, ...names]) ?? '';
  const lines = text.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.split(' ')[0]));
};

/** The major version of clang: the installed one's, else the one apt would install. */
const clangMajor = () => {
  const dumped = which('clang') && capture('clang', ['-dumpversion']);
  const policy = dumped ? '' : capture('apt-cache', ['policy', 'clang']) ?? '';
  return dumped ? dumped.split('.')[0] : /Candidate: (?:\d+:)?(\d+)\./.exec(policy)?.[1];
};

/** libFuzzer's and the sanitizers' run-time is a package named after clang's version. */
const fuzzerRuntime = () => {
  const folder = which('clang') && capture('clang', ['-print-runtime-dir'])?.trim();
  const sibling = folder && capture('clang', ['-print-file-name=libclang_rt.fuzzer-x86_64.a'])?.trim();
  if (sibling && existsSync(sibling)) return [];
  if (folder && existsSync(`${folder}/libclang_rt.fuzzer.a`)) return [];
  const name = `libclang-rt-${clangMajor() ?? 14}-dev`;
  return installed([name]).has(name) ? [] : [name];
};

/**
 * The names of the packages that are missing.
 * @param {readonly PackageKey[]} keys
 * @returns {string[]}
 */
const missing = (keys) => {
  const wanted = keys.filter((key) => key !== 'fuzzerRuntime').map((key) => PACKAGES[key]);
  const absent = wanted.filter(({ commands = [], file = '' }) => !commands.some(which) && !existsSync(file));
  const known = absent.length > 0 ? installed(absent.map(({ name }) => name)) : new Set();
  const names = absent.map(({ name }) => name).filter((name) => !known.has(name));
  return keys.includes('fuzzerRuntime') ? [...names, ...fuzzerRuntime()] : names;
};

/** @param {string[]} command */
const asRoot = (command) => (process.getuid?.() === 0 ? command : ['sudo', ...command]);

/**
 * Runs apt-get as root. With sudo the terminal stays connected: it may ask for the password.
 * @param {string} label
 * @param {string[]} args
 * @param {string[]} [around] what runs it
 */
const aptGet = (label, args, around = []) => {
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...options, ...args];
  const [command, ...rest] = asRoot([...around, ...apt]);
  const hint = 'Its last lines stand above; run the same command again to continue.';
  return run(label, command, rest, { hint });
};

/** Runs apt-get while Debian's packages may start nothing (invoke-rc.d(8)); a policy that is there stays. */
const STARTING_NOTHING = `policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT INT TERM
  printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod 755 "$policy"
fi
"$@"`;

/**
 * Installs packages; their services are neither started now nor when the machine starts.
 * @param {string[]} names
 */
const install = async (names) => {
  const services = Object.values(PACKAGES).filter(({ name, service }) => service && names.includes(name));
  const around = services.length > 0 ? ['sh', '-c', STARTING_NOTHING, 'sh'] : [];
  await aptGet('apt-get install', ['install', '--no-install-recommends', ...names], around);
  for (const { name } of services) {
    const [command, ...rest] = asRoot(['update-rc.d', name, 'disable']);
    await run(`switching the service ${name} off`, command, rest);
  }
};

/**
 * Installs what is missing.
 * @param {readonly PackageKey[]} keys
 */
export const ensurePackages = async (keys) => {
  let names = missing(keys);
  if (names.length === 0) return;
  if (!which('apt-get')) {
    throw new StepError(`This system has no apt-get: please install ${names.join(', ')} (Debian's names) `
      + 'yourself, then run the same command again.');
  }
  if (process.getuid?.() !== 0) {
    if (!which('sudo')) {
      throw new StepError('Packages are missing and there is no sudo: please run, as root, '
        + `apt-get install --no-install-recommends ${names.join(' ')}, then the same command again.`);
    }
    if (!capture('sudo', ['-n', 'true'])) await run('sudo', 'sudo', ['-v'], { show: true });
  }
  // One unreachable third-party list makes apt fail although all that is needed here could be had.
  await step('system packages: update of the lists', () => aptGet('apt-get update', ['update'])
    .catch(() => say('  not every list could be updated; going on with what there is')));
  names = missing(keys);
  await step(`system packages: ${names.join(', ')}`, () => install(names));
  const left = missing(keys);
  if (left.length > 0) throw new StepError(`apt-get ran, but ${left.join(', ')} is still missing.`);
  say('  system packages are complete');
};
