/**
 * Exit statuses of the command.
 *
 * @module
 */

export const FINE = 0;
export const SOME_FAILED = 1;
export const WRONG_USAGE = 2;
/** The status of a process that a signal ends is this and the signal's number. */
export const SIGNALLED = 128;
