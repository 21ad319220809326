// SPDX-License-Identifier: MIT

/** What is wrong with the command line: a whole sentence for the person at the terminal, who sees no stack. */
export class UsageError extends Error {}
