/**
 * A schema of zod, valibot, arktype or any other library that follows Standard Schema: its interface, as
 * https://standardschema.dev has it for everybody to copy.
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Why a value does not fit a schema; `undefined` when it does. Says where, and nothing of the value. */
export function whyNotFitting(value: unknown, schema: StandardSchema): string | undefined {
  const standard = schema['~standard'];
  const { vendor } = standard;
  const result = tryTo(`its schema (${vendor})`, () => standard.validate(value));
  if (result instanceof Promise) {
    result.catch(() => {}); // whatever comes of it comes too late
    return `its schema (${vendor}) answers with a promise, and has to answer at once`;
  }
  if (!result.issues) return undefined;
  const [first] = result.issues;
  const place = toPlace(value, first?.path ?? []);
  const others = result.issues.length - 1;
  return `it does not fit the schema (${vendor}) at ${place}${others > 0 ? `, and ${others} more` : ''}`;
}

/** A path in which keys of entries, which are values of the app, are left out: `[entry].name`. */
function toPlace(value: unknown, path: NonNullable<SchemaIssue['path']>): string {
  let place = '';
  let at = value;
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    const isField =
      typeof at === 'object' && at !== null && !(at instanceof Map || at instanceof Set);
    if (!isField) place += '[entry]';
    else place += Array.isArray(at) ? `[${String(key)}]` : `${place && '.'}${String(key)}`;
    at = at instanceof Map ? at.get(key) : (at as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  return place || 'its top';
}

/** Runs something of the app's; what it throws says what that was. */
export function tryTo<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} has thrown: ${message}`, { cause: error });
  }
}
