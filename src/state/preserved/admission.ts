import { tryTo } from './try-to.ts';
import { whyNotFitting, type StandardSchema } from './standard-schema.ts';

/** What the code says of what it takes back. */
export interface Terms {
  version: number;
  migrate?: ((old: never, from: number) => object) | undefined;
  schema?: StandardSchema | undefined;
}

/**
 * Makes of a record what the code of now takes.
 *
 * @param from the version of the record
 * @throws Error that says, in words to stand in brackets, why nothing can be put back
 */
export function admit(record: unknown, from: number, { version, migrate, schema }: Terms): object {
  const value = from === version ? record : migrateFrom(record, from, version, migrate);
  if (typeof value !== 'object' || value === null) throw new Error('it is no object');
  const reason = schema && whyNotFitting(value, schema);
  if (reason !== undefined) throw new Error(reason);
  return value;
}

function migrateFrom(
  record: unknown,
  from: number,
  version: number,
  migrate: Terms['migrate'],
): unknown {
  if (from > version)
    throw new Error(`it is of version ${from}, and the code of version ${version}`);
  if (!migrate)
    throw new Error(`it is of version ${from}, and there is no migrate() to version ${version}`);
  const value = tryTo('migrate()', () => migrate(record as never, from)) as unknown;
  if (!(value instanceof Promise)) return value;
  value.catch(() => {}); // whatever comes of it comes too late
  throw new Error('migrate() has answered with a promise, and has to answer at once');
}
