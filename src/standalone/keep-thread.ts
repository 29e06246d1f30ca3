/** The loader hooks of `keep`, for the thread in which Node runs them before 22.15. */
export { initialize, load, resolve } from '../state/reach/loader-thread.ts';
