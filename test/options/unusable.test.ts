import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveLeftAlone, resolveOptions } from '../../src/options.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const MANIFEST = String.raw`"holdover" in .*package\.json`;
const under = (name: string): string => `"${name}" under "holdover" in .*package\\.json`;

/** Values of the environment that other tools, or a slip of the pen, have put there; what is said of each. */
const VARIABLES: [name: string, value: string, sentence: string][] = [
  ['SESSION_TYPE', 'database', 'SESSION_TYPE is "database"\\. Set it to filesystem'],
  ['SESSION_LIFETIME', '2 hours from login', 'SESSION_LIFETIME is "2 hours from login"\\. Write'],
  [
    'SESSION_LIFETIME',
    '120',
    'SESSION_LIFETIME is 120, which would be 120 milliseconds\\. Write the unit: 120m',
  ],
  ['SESSION_LIFETIME', '-5', 'SESSION_LIFETIME must be more than 0 milliseconds'],
  ['SESSION_KEY', 'of sixteen signs', 'SESSION_KEY has 16 characters and needs at least 32\\.'],
  ['SESSION_NAMESPACE', 'my app:', 'SESSION_NAMESPACE may have letters'],
  [
    'SESSION_FILE_DIR',
    'photos',
    'photos is not empty and holdover has not made it, so it is left as it is\\.',
  ],
];

/** The same of package.json. */
const MANIFESTS: [holdover: unknown, sentence: string][] = [
  [null, `${MANIFEST} is no object\\.`],
  [['a'], `${MANIFEST} is no object\\.`],
  ['text', `${MANIFEST} is no object\\.`],
  [
    { lifetme: '1h' },
    `${MANIFEST} has "lifetme", which is not known \\(did you mean "lifetime"\\?\\)`,
  ],
  [{ type: 5 }, `${under('type')} is 5\\. Set it to filesystem`],
  [{ directory: 5 }, `${under('directory')} is 5\\. Set it to the path`],
  [{ directory: ['a'] }, `${under('directory')} is \\[.*\\]\\. Set it to the path`],
  [{ directory: null }, `${under('directory')} is null\\. Set it to the path`],
  [{ directory: 'a\0b' }, `${under('directory')} is "a\\\\u0000b"\\. Set it to the path`],
  [{ directory: '..' }, `${under('directory')} leads out of the project`],
  [{ redis: 5 }, `${under('redis')} is neither a text nor an object`],
  [{ redis: { url: {} } }, `${under('redis')} has a url that is no string`],
  [{ redis: { timeout: '1s' } }, `${under('redis')} has a timeout that is no number`],
  [{ redis: 'http://x' }, `${under('redis')} is not a URL of Redis`],
  [
    { redis: { tls: { rejectUnauthorized: false } } },
    `${under('redis')} may not say tls.rejectUnauthorized`,
  ],
  [{ redis: 'redis://db.example' }, `${under('redis')} names a Redis on another machine`],
  [{ lifetime: 120 }, `${under('lifetime')} is 120, which would be`],
  [{ seal: 1 }, `${under('seal')} is 1\\. Set it to true or false`],
  [{ namespace: 7 }, `${under('namespace')} may have letters`],
  [{ who: ['a'] }, `${under('who')} is \\[.*\\]\\. Set it to names with dots`],
];

afterEach(() => void vi.unstubAllEnvs());

/** Makes a project, and returns its entry. */
function createProject(holdover?: unknown): string {
  const root = createTempFolder();
  writeFileSync(join(root, 'app.js'), '');
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'project', holdover }));
  mkdirSync(join(root, 'photos'));
  writeFileSync(join(root, 'photos', 'party.jpg'), 'a photo');
  return join(root, 'app.js');
}

/** Returns what `resolveOptions` says of a project, and where its sessions are. */
function resolveMildly(entry: string): { said: string[]; place: string } {
  const said: string[] = [];
  const options = resolveOptions({}, { entry, onFault: (sentence) => said.push(sentence) });
  const { type, directory, redis, namespace, lifetime, isSealed } = options;
  const place = JSON.stringify({ type, directory, redis, namespace, lifetime, isSealed });
  return { said, place: place.replaceAll(join(entry, '..'), '') };
}

/** What holds in a project that says nothing. */
const DEFAULTS = JSON.stringify({
  type: 'filesystem',
  directory: join('/', '.holdover', 'sessions'),
  namespace: 'default',
  lifetime: 7 * 24 * 60 * 60 * 1000,
  isSealed: false,
});

function expectMild(entry: string, sentence: string): void {
  const { said, place } = resolveMildly(entry);
  expect(said).toEqual([
    expect.stringMatching(new RegExp(`${sentence}.*; until then the default is used\\.$`)),
  ]);
  expect(place).toBe(DEFAULTS);
}

describe('an option that cannot be used', () => {
  it.each(VARIABLES)('is said once, and its default is used: %s=%s', (name, value, sentence) => {
    const entry = createProject();
    vi.stubEnv(name, name === 'SESSION_FILE_DIR' ? join(entry, '..', value) : value);
    expectMild(entry, sentence);
    // A folder in use is refused where it is opened.
    if (name !== 'SESSION_FILE_DIR') expectRefused(entry, sentence);
  });

  it.each(MANIFESTS)('is said once, and its default is used: %j', (holdover, sentence) => {
    const entry = createProject(holdover);
    expectMild(entry, sentence);
    expectRefused(entry, sentence);
  });

  it('is refused where code says it, also where the rest is only said', () => {
    const resolve = (): unknown =>
      resolveOptions({ namespace: 'my app:' }, { entry: createProject(), onFault: () => {} });
    expect(resolve).toThrow(/^The option namespace may have letters/);
  });

  it('does not have frameworks adopted in production', () => {
    const entry = createProject();
    vi.stubEnv('NODE_ENV', 'production');
    vi.stubEnv('SESSION_TYPE', 'database');
    expect(resolveLeftAlone({ entry, onFault: () => {} })).toMatch(/^NODE_ENV is production/);
  });
});

/** Where an app asks for a store in so many words, and in a command. */
function expectRefused(entry: string, sentence: string): void {
  expect(() => resolveOptions({}, { entry })).toThrow(new RegExp(`^${sentence}[^\\n]*$`));
}
