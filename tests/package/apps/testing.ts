// SPDX-License-Identifier: MIT
// A test of an application in TypeScript: what the platform tells has its type, and mistakes are found before it runs.

import { CHROMIUM_FLAGS, startPlatform, until } from 'genesys-cloud-webrtc-sdk/platform';
import type { Call, FarEndStats, Rule } from 'genesys-cloud-webrtc-sdk/platform';

export const flags: readonly string[] = CHROMIUM_FLAGS;

export const scene = async (): Promise<string> => {
  const platform = await startPlatform({ root: 'app', station: { webRtcCallAppearances: 2 }, log: () => {} });
  const limited: Rule = platform.faults.respond('GET', 'organizations/me', { status: 429, times: 2 });
  const call: Call = platform.call({ farEnd: 'tone', from: '+13175550100' });
  call.on('reject', (jid) => jid.toUpperCase());
  await until(call, 'connected');
  const heard: FarEndStats = await until(call.farEnd, 'level', ({ rms }) => rms > 0.01);
  const { status } = await until(platform, 'request', ({ path }) => path.endsWith('/metadata'), 5_000);
  call.hangup();
  const { reason } = await until(call, 'ended');
  // @ts-expect-error: there is no such event
  until(call, 'conected');
  // @ts-expect-error: there is no such option
  platform.call({ frm: '+1' });
  await platform.close();
  return `${reason} ${status} ${heard.rms} ${limited.hits}`;
};
