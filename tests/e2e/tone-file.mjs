// SPDX-License-Identifier: MIT
// A microphone that gives a steady tone: a file that Chromium plays instead of its own beeps.

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TONE_HZ = 440;

/** What would make a tone disappear is off. */
export const UNPROCESSED = {
  defaults: { micAutoGainControl: false, micEchoCancellation: false, micNoiseSuppression: false },
};

/**
 * A mono wave file with two seconds of a tone (RIFF, 16 bit PCM).
 * @param {number} hz @param {number} rate
 */
const toneFile = (hz, rate) => {
  const samples = rate * 2;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF');
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    file.writeInt16LE(Math.round(Math.sin((2 * Math.PI * hz * i) / rate) * 16_000), 44 + i * 2);
  }
  return file;
};

/** Chromium's flag for it; the file is gone with this process. */
export const toneMicrophone = () => {
  const path = join(tmpdir(), `tone-${process.pid}.wav`);
  writeFileSync(path, toneFile(TONE_HZ, 48_000));
  process.once('exit', () => rmSync(path, { force: true }));
  return `--use-file-for-fake-audio-capture=${path}`;
};
