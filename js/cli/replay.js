// SPDX-License-Identifier: MIT
// `genesys-cloud-webrtc-sdk-wasm replay FILE`: plays a recording again and compares what the core does.

import { parseArgs } from 'node:util';
import { Effect } from '../effects.js';
import { VERSION } from '../version.js';
import { createPlayer } from './player.js';
import { Recorded, nameOfEffect, nameOfInput, readRecording } from './recording.js';
import { UsageError } from './usage.js';

/** @typedef {import('./recording.js').Step} Step */
/** @typedef {import('./recording.js').Done} Done */

const HELP = `Usage: genesys-cloud-webrtc-sdk-wasm replay FILE [options]

Plays what sdk.exportDiagnostics() answered, written to FILE as JSON, to the core of the SDK, and prints
every input with the effects of it. Exit code 0: the effects are those of the recording. 1: they differ.
2: FILE cannot be replayed.

Options:
  --full     print whole texts, not their beginnings
  --quiet    print the outcome alone
  --help     this text`;

/** How much of a text a line shows. */
const SHORT = 160;

const KINDS_OF_TELEMETRY = [
  Effect.LOG, Effect.LOG_LINE, Effect.LOGGER_EVENT, Effect.PEER_STATS, Effect.STORAGE_READ, Effect.STORAGE_WRITE,
];
/** Names of events that come of statistics. */
const OF_STATISTICS = ['callQuality', 'callQualityWarning', 'iceConnectionType', 'stats'];

/**
 * What may come of statistics and log records: some of it is missing where they are.
 * @param {Done} effect
 */
const isTelemetry = ({ kind, name, text }) => (
  KINDS_OF_TELEMETRY.includes(kind)
  || ([Effect.EVENT, Effect.SESSION_EVENT].includes(kind) && OF_STATISTICS.includes(name))
  || (kind === Effect.HTTP && text.includes('/diagnostics/'))
  || (kind === Effect.SOCKET_SEND && text.includes('report-statistics'))
);

/** The same value may be written in two ways. @param {string} text */
const canonical = (text) => {
  try {
    return JSON.stringify(JSON.parse(text || 'null'));
  } catch {
    return text;
  }
};

/** Numbers of connections are the browser's. @param {Done} one @param {Done} other */
const isSame = (one, other) => (
  one.kind === other.kind && one.name === other.name && one.id === other.id
  && (one.text === other.text || canonical(one.text) === canonical(other.text))
);

/** @param {string} text @param {boolean} full */
const shown = (text, full) => {
  const line = text.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  return full || line.length <= SHORT ? line : `${line.slice(0, SHORT)}… (${line.length} characters)`;
};

/** @param {Done} effect @param {boolean} full */
const describeEffect = ({ kind, id, name, text }, full) => (
  [nameOfEffect(kind), id || '', name, shown(text, full)].filter((part) => part !== '').join(' ')
);

/** @param {Step} step @param {number} start @param {boolean} full */
const describeInput = ({ order, kind, mono, id, number, name, text }, start, full) => (
  [`#${order}`, `+${((mono - start) / 1000).toFixed(3)}s`, nameOfInput(kind), id || '', number || '', name,
    shown(text, full)].filter((part) => part !== '').join(' ')
);

/** What is compared: everything, or all but telemetry. @param {Done[]} effects @param {boolean} lenient */
const compared = (effects, lenient) => (lenient ? effects.filter((effect) => !isTelemetry(effect)) : effects);

/**
 * Compares what comes with what was recorded, one after the other. An effect may come with an earlier input than the
 * one it was recorded with: the page had fed that one before it took the effect.
 * @param {Step[]} steps
 * @param {boolean} lenient
 */
const createComparison = (steps, lenient) => {
  /** @type {{ order: number, effect: Done }[]} */
  const recorded = steps.flatMap(({ order, effects }) => (
    compared(effects, lenient).map((effect) => ({ order, effect }))));
  let at = 0;
  return {
    /**
     * The first difference, if there is one.
     * @param {Done[]} came with this step
     * @param {Step} step
     * @param {boolean} isWhole all effects of this step were recorded
     */
    add(came, { order }, isWhole) {
      for (const effect of compared(came, lenient)) {
        const before = recorded[at];
        at += 1;
        if (!before && !isWhole) return undefined;
        if (!before || !isSame(before.effect, effect)) {
          return { order: before?.order ?? order, recorded: before?.effect, came: effect };
        }
      }
      const late = recorded[at];
      return late && late.order <= order ? { order: late.order, recorded: late.effect, came: undefined } : undefined;
    },
    count: () => at,
  };
};

/** Where the texts are long, what is near their first difference. @param {Done} effect @param {Done} [other] */
const excerpt = (effect, other) => {
  const [text, reference] = [canonical(effect.text), canonical(other?.text ?? '')];
  let at = 0;
  while (at < text.length && text[at] === reference[at]) at += 1;
  const from = text.length <= SHORT ? 0 : Math.max(0, at - SHORT / 2);
  return describeEffect({ ...effect, text: `${from ? '…' : ''}${text.slice(from, from + SHORT)}` }, true);
};

/** @param {NonNullable<ReturnType<ReturnType<typeof createComparison>['add']>>} found @param {boolean} full */
const tellDifference = ({ order, recorded, came }, full) => {
  /** @param {Done | undefined} effect @param {Done} [other] */
  const say = (effect, other) => {
    if (!effect) return 'nothing';
    return full ? describeEffect(effect, true) : excerpt(effect, other);
  };
  console.log(`Input ${order}: effects differ.`);
  console.log(`  recorded  ${say(recorded, came)}\n  now       ${say(came, recorded)}`);
};

/** @param {import('./recording.js').Recording} recording */
const tellHead = ({ sdkVersion, exportedAt, browser, lost, steps }) => {
  console.log(`Version ${sdkVersion}, exported ${exportedAt}, ${browser?.userAgent ?? 'unknown browser'}`);
  if (sdkVersion !== VERSION) console.log(`This is version ${VERSION}: where it behaves otherwise, effects differ.`);
  if (lost.includes('telemetry')) {
    console.log('Old statistics and log records are missing: telemetry is not compared.');
  }
  if (lost.includes('start')) {
    console.log('The beginning is missing: nothing can be replayed, what follows is as recorded.');
  }
  console.log(`${steps.length} inputs`);
};

/** @param {Step[]} steps @param {number} start @param {boolean} full */
const list = (steps, start, full) => {
  for (const step of steps) {
    console.log(describeInput(step, start, full));
    for (const effect of step.effects) console.log(`    ${describeEffect(effect, full)}`);
  }
};

/**
 * @param {Step[]} steps the first of them makes the core
 * @param {{ lenient: boolean, full: boolean, quiet: boolean, endsInGap: boolean }} how
 * @returns {Promise<number>} exit code
 */
const replay = async (steps, { lenient, full, quiet, endsInGap }) => {
  const [birth] = steps;
  const opened = steps.flatMap(({ effects }) => effects.filter(({ kind }) => kind === Effect.SOCKET_OPEN));
  const comparison = createComparison(steps, lenient);
  const player = await createPlayer(birth, opened.map(({ id }) => id));
  let found;
  try {
    for (const step of steps) {
      if (step !== birth) await player.play(step);
      const came = player.effects.splice(0);
      if (!quiet) console.log(describeInput(step, birth.mono, full));
      if (!quiet) for (const effect of came) console.log(`    ${describeEffect(effect, full)}`);
      found = comparison.add(came, step, !endsInGap || step !== steps[steps.length - 1]);
      if (found) break;
    }
  } finally {
    player.end();
  }
  if (found) {
    tellDifference(found, full);
  } else {
    console.log(`${steps.length} inputs replayed, ${comparison.count()} effects compared: all are those of the `
      + 'recording.');
  }
  return found ? 1 : 0;
};

/** @param {string[]} args @returns {Promise<number>} exit code */
export const run = async (args) => {
  const { values: { full, quiet, help }, positionals: [path, ...more] } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      full: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (path === undefined || more.length) throw new UsageError('replay needs one file.');
  const recording = readRecording(path);
  const { steps, lost } = recording;
  tellHead(recording);
  const cut = steps.findIndex(({ afterGap }) => afterGap);
  const whole = cut < 0 ? steps : steps.slice(0, cut);
  if (whole.length && whole[0].kind !== Recorded.BIRTH) {
    throw new UsageError('The recording does not begin with the making of an SDK object.');
  }
  let code = 2;
  if (whole.length) {
    code = await replay(whole, { lenient: lost.includes('telemetry'), full, quiet, endsInGap: cut >= 0 });
  }
  if (cut >= 0 && !code) {
    console.log(`Inputs are missing before input ${steps[cut].order}: from there on as recorded, not replayed.`);
  }
  if (cut >= 0 && !quiet) list(steps.slice(cut), steps[0].mono, full);
  return code;
};
