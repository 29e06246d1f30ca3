/** The variables of the environment at one time. */
export type Environment = Record<string, string>;

/**
 * The environment as the app and its packages see it now. What is read here is compared and given
 * back, never obeyed: options of holdover are read in `options.ts`.
 */
export function readEnvironment(): Environment {
  return { ...process.env } as Environment;
}

/** Makes the environment equal to an earlier one. Touches what differs only: setting TZ is not free. */
export function replaceEnvironment(wanted: Environment): void {
  const { env } = process;
  for (const name of Object.keys(env)) if (!(name in wanted)) delete env[name];
  for (const [name, value] of Object.entries(wanted)) if (env[name] !== value) env[name] = value;
}

/** Whether two environments are the same in these names. */
export function isSameIn(one: Environment, other: Environment, names: readonly string[]): boolean {
  return names.every((name) => one[name] === other[name]);
}

/** Whether two environments have the same names, with whatever values. */
export function hasSameNames(one: Environment, other: Environment): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other);
}
