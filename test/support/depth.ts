/**
 * One set of tests, two depths. `npm test` is the short one: each promise once, where a user would see it
 * break. `npm run test:all` runs every row, every repetition and every `*.long.test.ts`.
 */
export const IS_LONG = process.env.HOLDOVER_TESTS === 'all';

/** Returns the named rows of a table, and all of its rows in the long run. Throws for a name without a row. */
export function rows<Row extends { name: string }>(
  table: readonly Row[],
  ...names: Row['name'][]
): Row[] {
  const chosen = names.map((name) => {
    const row = table.find((one) => one.name === name);
    if (!row) throw new Error(`There is no row named "${name}".`);
    return row;
  });
  return IS_LONG ? [...table] : chosen;
}

/** Returns how often to repeat: the first number, and the second one in the long run. */
export function times(short: number, long: number): number {
  return IS_LONG ? long : short;
}
