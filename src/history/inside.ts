/** Where the inspector answers. What is asked there is no visitor's: it comes with the cookies of the app, too. */
export const INSPECTOR = '/__holdover/';

/** On connections that holdover itself makes to the app, inside of its process. */
const INSIDE = Symbol.for('holdover.inside.1');

/** Marks a connection as one that nobody outside of the process has made. */
export function markInside(socket: object): void {
  Object.defineProperty(socket, INSIDE, { value: true });
}

/** Whether nobody outside of the process has made a connection: what comes by it is no visitor's. */
export function isInside(socket: object): boolean {
  return INSIDE in socket;
}
