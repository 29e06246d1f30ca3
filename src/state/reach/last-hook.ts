/**
 * The loader hook of `loader-thread.ts` behind all others: Node calls first what was registered last, and that
 * has the last word.
 */
import { giveOver } from './loader-thread.ts';

export const load = giveOver();
