#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// `npx genesys-cloud-webrtc-sdk-wasm <command>`. A command is a module with `run(args)`, which answers the exit code,
// and is loaded when it is asked for. Exit code 2: the command line is wrong.

import { VERSION } from '../version.js';
import { UsageError } from './usage.js';

const NAME = 'genesys-cloud-webrtc-sdk-wasm';

/** @typedef {{ run(args: string[]): Promise<number> }} Command */

/** @type {Readonly<Record<string, [about: string, load: () => Promise<Command>]>>} */
const COMMANDS = {
  platform: ['a local platform to develop and test an application on', () => import('./platform.js')],
  replay: ['plays what `sdk.exportDiagnostics()` answered again', () => import('./replay.js')],
};

const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));

const HELP = `Usage: ${NAME} <command> [options]

Commands:
${Object.entries(COMMANDS).map(([name, [about]]) => `  ${name.padEnd(width)}  ${about}`).join('\n')}

Options:
  --help     this text; \`${NAME} <command> --help\` tells the options of a command
  --version  the version of the package`;

/** @param {unknown} error @returns {string | undefined} the sentence about a command line that is wrong */
const complaint = (error) => {
  if (error instanceof UsageError) return error.message;
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return code?.startsWith('ERR_PARSE_ARGS') ? message : undefined;
};

/** @param {string[]} args @returns {Promise<number>} exit code */
const main = async ([name, ...args]) => {
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    console.log(VERSION);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    console.error(`There is no command ${name}: \`${NAME} --help\` lists those there are.`);
    return 2;
  }
  try {
    return await (await command[1]()).run(args);
  } catch (error) {
    const text = complaint(error);
    if (text === undefined) throw error;
    console.error(`${text}\nThe options are told by \`${NAME} ${name} --help\`.`);
    return 2;
  }
};

process.exitCode = await main(process.argv.slice(2));
