/** Answers imports in a standby, in the thread in which Node runs loader hooks before 22.15. */
export { initialize, load, resolve } from '../watch/standby/in-app/answers-thread.ts';
