// SPDX-License-Identifier: MIT
// The declarations of the platform are true of it: the compiler is the test.

import * as real from '../../demo/platform/index.js';
import type * as declared from '../../js/types/platform.js';

const start: typeof declared.startPlatform = real.startPlatform;
const until: typeof declared.until = real.until;
const flags: typeof declared.CHROMIUM_FLAGS = real.CHROMIUM_FLAGS;

export default { start, until, flags };
