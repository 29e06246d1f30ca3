import { findConnection } from '../database/connection.ts';

/**
 * How many rows were written to a database in memory since it was opened; `undefined` for what is none, and
 * for one that tells the app of each statement, or is in the middle of one.
 */
export function countChanges(value: object): number | undefined {
  const connection = findConnection(value);
  if (!connection?.isOpen() || connection.mayBeLogged) return undefined;
  try {
    return Number(connection.value('SELECT total_changes()'));
  } catch {
    return undefined;
  }
}
