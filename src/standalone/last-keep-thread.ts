/** The loader hook of `keep` behind all others, in the same thread as `keep-thread.ts`. */
export { load } from '../state/reach/last-hook.ts';
