/** What is used of a Keyv. */
export interface Keyv {
  throwOnErrors: boolean;
  get(
    key: string,
    options: { raw: true },
  ): Promise<{ value?: unknown; expires?: number | null } | undefined>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  /** Missing where the adapter cannot go through its entries. */
  iterator?: (() => AsyncIterable<[key: string, value: unknown]>) | undefined;
  on(event: 'error', hear: (error: unknown) => void): void;
  off(event: 'error', hear: (error: unknown) => void): void;
  disconnect(): Promise<void>;
}

/** What stands in a Keyv for a session. */
export interface Held {
  /** The id: some adapters cut long keys, or fold them, and have two in one place. */
  key: string;
  text: string;
}

/** The end of a key, which is all that every Keyv hands out: it takes off what it takes for its namespace. */
const RECORD = /(?:^|:)([A-Za-z0-9_-]+):([A-Za-z0-9_-]{43})$/;

/**
 * The records of sessions in a Keyv, of all namespaces, those included that end meanwhile.
 *
 * @throws Error when the adapter has no iterator, or has told of an error meanwhile: some only end early
 */
export async function* recordsOf(
  keyv: Keyv,
): AsyncGenerator<{ namespace: string; name: string }, void> {
  const { iterator } = keyv;
  if (!iterator) {
    throw new Error(
      'The Keyv that sessions are kept in cannot go through its entries, which is needed for all, length and clear. Take an adapter that has an iterator.',
    );
  }
  let failed: { error: unknown } | undefined;
  const hear = (error: unknown): void => void (failed ??= { error });
  keyv.on('error', hear);
  try {
    for await (const [key, value] of iterator.call(keyv)) {
      const parts = toParts(key);
      if (parts && isHeld(value)) yield parts;
    }
  } finally {
    keyv.off('error', hear);
  }
  if (failed) throw failed.error;
}

/** The namespace that a key of a record ends with, and the name of the record. */
export function toParts(key: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = RECORD.exec(key) ?? [];
  return namespace && name ? { namespace, name } : undefined;
}

/** Whether it is a session, and no id that was destroyed. */
export function isHeld(value: unknown): value is Held {
  const { key, text } = (value ?? {}) as Partial<Held>;
  return typeof key === 'string' && typeof text === 'string';
}
