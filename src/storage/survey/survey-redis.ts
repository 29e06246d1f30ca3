import type { SealFault } from '../../session/seal.ts';
import type { StorageOptions } from '../options.ts';
import { openRedisParts } from '../redis/open.ts';
import { ALL_SESSIONS, createRedisKeys, toNamespaceOf, type RedisKeys } from '../redis/keys.ts';
import { isReply } from '../redis/link/outage.ts';
import type { Send } from '../redis/client.ts';
import type { RedisLink } from '../redis/link/link.ts';
import type { RedisRecords } from '../redis/records.ts';
import { EXPIRED, readRecord, scanKeys, STEP_TIMEOUT } from '../redis/scan.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

/** What is stored under some keys, when that ends, and the memory that it takes. */
const READ_MANY = `
local answers = {}
for index, key in ipairs(ARGV) do
  answers[index] = { redis.call('GET', key) or '', redis.call('PTTL', key), redis.call('MEMORY', 'USAGE', key) or 0 }
end
return answers`;

type Row = [text: string | null, ttl: number, size: number];

/** Some keys, and what stands under them. */
interface Batch {
  keys: string[];
  rows: Row[];
  /** When that was, in milliseconds since the epoch. */
  at: number;
}

/** The sessions in Redis that were stored with a key of this project. Those of others are not opened. */
export async function* surveyRedis(
  options: StorageOptions,
  survey: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  const { link, records } = openRedisParts(options);
  const keysOf = new Map<string, RedisKeys>();
  for await (const { keys, rows, at } of oneAhead(readBatches(link, survey.namespaces))) {
    for (const [index, key] of keys.entries()) {
      const namespace = toNamespaceOf(key);
      if (!keysOf.has(namespace)) keysOf.set(namespace, createRedisKeys(namespace));
      const id = keysOf.get(namespace)?.fromKey(key);
      const found = toSurveyed(records, key, rows[index] as Row, at);
      if (typeof found === 'string') survey.onFault?.(found, key);
      else if (found && id !== undefined) yield { ...found, id, namespace };
    }
  }
}

/** As `surveyRedis`, the record under one id of a namespace alone; `undefined` when there is none. */
export async function findInRedis(
  options: StorageOptions,
  namespace: string,
  id: string,
): Promise<SurveyedRecord | undefined> {
  const { link, records } = openRedisParts(options);
  const key = createRedisKeys(namespace).toKey(id);
  const row = await link.run((client) => readRow((args) => client.send(key, args), key));
  const found = toSurveyed(records, key, row, Date.now());
  return typeof found === 'object' ? { ...found, id, namespace } : undefined;
}

/** `undefined` for what has ended meanwhile. */
function toSurveyed(
  records: RedisRecords,
  key: string,
  [stored, ttl, size]: Row,
  at: number,
): Omit<SurveyedRecord, 'id' | 'namespace'> | SealFault | undefined {
  if (!stored || ttl === EXPIRED) return undefined;
  const opened = records.fromStored(key, stored);
  if (typeof opened === 'string') return opened;
  const expires = ttl < 0 ? Infinity : at + ttl;
  return { text: opened.text, expires, stored: undefined, size, occupied: size, place: key };
}

async function* readBatches(
  link: RedisLink,
  namespaces: string[] | undefined,
): AsyncGenerator<Batch, void> {
  for await (const { send, keys } of oneAhead(scan(link, namespaces))) {
    const rows = await link.run(() => readMany(send, keys), STEP_TIMEOUT);
    yield { keys, rows, at: Date.now() };
  }
}

/** The keys of sessions, each once. */
async function* scan(
  link: RedisLink,
  namespaces: string[] | undefined,
): ReturnType<typeof scanKeys> {
  const seen = new Set<string>();
  const isWanted = (key: string): boolean => {
    const namespace = toNamespaceOf(key);
    return namespace !== '' && namespaces?.includes(namespace) !== false && !seen.has(key);
  };
  for await (const { send, keys: found } of scanKeys(link, toPattern(namespaces))) {
    const keys = [...new Set(found.filter(isWanted))];
    for (const key of keys) seen.add(key);
    if (keys.length > 0) yield { send, keys };
  }
}

/** Asks for the next value before it gives the one that it has: Redis works while this process does. */
async function* oneAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  try {
    let next = source.next();
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      next.catch(() => {}); // nobody may ask for it any more; who does is told
      yield value;
    }
  } finally {
    source.return().catch(() => {}); // when it has what it was asked for; nobody waits for that
  }
}

function toPattern(namespaces: string[] | undefined): string {
  const [only, ...others] = namespaces ?? [];
  return only && others.length === 0 ? createRedisKeys(only).pattern : ALL_SESSIONS;
}

/** One step where Redis takes it: a Cluster has no scripts over several slots, and some users may run none. */
async function readMany(send: Send, keys: string[]): Promise<Row[]> {
  try {
    return (await send(['EVAL', READ_MANY, '0', ...keys])) as Row[];
  } catch (error) {
    if (!isReply(error as Error)) throw error;
  }
  return Promise.all(keys.map((key) => readRow(send, key)));
}

async function readRow(send: Send, key: string): Promise<Row> {
  const size = send(['MEMORY', 'USAGE', key]).catch(() => 0);
  return [...(await readRecord(send, key)), Number(await size)];
}
