import type { SealFault } from '../../session/seal.ts';
import type { StorageOptions } from '../options.ts';
import type { Send } from '../redis/client.ts';
import { ALL_SESSIONS, createRedisKeys, toNamespaceOf } from '../redis/keys.ts';
import type { RedisLink } from '../redis/link/link.ts';
import { isReply } from '../redis/link/outage.ts';
import { openRedisParts } from '../redis/open.ts';
import type { RedisRecords } from '../redis/records.ts';
import { EXPIRED, readRecord, scanKeys, STEP_TIMEOUT } from '../redis/scan.ts';
import type { SurveyedRecord, SurveyOptions } from './surveyed.ts';

/** Returns the text, the expiry and the memory of each key. */
const READ_MANY = `
local answers = {}
for index, key in ipairs(ARGV) do
  answers[index] = { redis.call('GET', key) or '', redis.call('PTTL', key), redis.call('MEMORY', 'USAGE', key) or 0 }
end
return answers`;

type Row = [text: string | null, ttl: number, size: number];

/** Reads the sessions in Redis that were stored with a key of this project. It does not open those of others. */
export async function* surveyRedis(
  options: StorageOptions,
  { namespaces, onFault }: SurveyOptions,
): AsyncGenerator<SurveyedRecord, void> {
  const { link, records } = openRedisParts(options);
  for await (const { send, keys } of scan(link, namespaces)) {
    const rows = await link.run(() => readMany(send, keys), STEP_TIMEOUT);
    const now = Date.now();
    for (const [index, key] of keys.entries()) {
      const namespace = toNamespaceOf(key);
      const id = createRedisKeys(namespace).fromKey(key);
      const found = toSurveyed(records, key, rows[index] as Row, now);
      if (typeof found === 'string') onFault?.(found, key);
      else if (found && id !== undefined) yield { ...found, id, namespace };
    }
  }
}

/** Returns the record with one id in a namespace, if Redis has it. */
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

/** Removes keys. Returns for each whether it was there. */
export function removeKeys(options: StorageOptions, keys: string[]): Promise<boolean[]> {
  return openRedisParts(options).link.run(
    (client) =>
      Promise.all(keys.map(async (key) => (await client.send(key, ['UNLINK', key])) === 1)),
    STEP_TIMEOUT,
  );
}

/** Returns `undefined` for a record that has expired since its key was listed. */
function toSurveyed(
  records: RedisRecords,
  key: string,
  [stored, ttl, size]: Row,
  now: number,
): Omit<SurveyedRecord, 'id' | 'namespace'> | SealFault | undefined {
  if (!stored || ttl === EXPIRED) return undefined;
  const opened = records.fromStored(key, stored);
  if (typeof opened === 'string') return opened;
  const expires = ttl < 0 ? Infinity : now + ttl;
  return { text: opened.text, expires, stored: undefined, size, occupied: size, name: key };
}

/** Lists the keys of sessions, each once. */
async function* scan(
  link: RedisLink,
  namespaces: string[] | undefined,
): ReturnType<typeof scanKeys> {
  const [only, ...others] = namespaces ?? [];
  const pattern = only && others.length === 0 ? createRedisKeys(only).pattern : ALL_SESSIONS;
  const listed = new Set<string>();
  for await (const { send, keys: found } of scanKeys(link, pattern)) {
    const keys = [...new Set(found)].filter((key) => {
      const namespace = toNamespaceOf(key);
      return namespace !== '' && namespaces?.includes(namespace) !== false && !listed.has(key);
    });
    for (const key of keys) listed.add(key);
    if (keys.length > 0) yield { send, keys };
  }
}

/** Reads keys in one step if Redis allows it: a Cluster runs no script over several slots, and some users none. */
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
