/** The loader hook by which ES modules are adopted, for the thread in which Node runs it before 22.15. */
export { initialize, load } from '../adopt/tail.ts';
