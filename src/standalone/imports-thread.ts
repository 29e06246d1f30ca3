/** Tells what a worker thread imports, in the thread in which Node runs loader hooks before 22.15. */
export { resolve } from '../watch/descendants/in-app/import-hook.ts';
