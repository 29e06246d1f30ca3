import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { CLI } from '../support/tools.ts';

/** What other tools, or a slip of the pen, may have put there. */
interface Foreign {
  env?: NodeJS.ProcessEnv;
  holdover?: unknown;
  /** What is said of it. */
  sentence: RegExp;
}

const MANIFEST = String.raw`"holdover" in package\.json`;
const under = (name: string): string => `"${name}" under "holdover" in package\\.json`;

const FOREIGN: [string, Foreign][] = [
  ...(
    [
      ['SESSION_TYPE', 'database', /SESSION_TYPE is "database"\. Set it to filesystem/],
      [
        'SESSION_LIFETIME',
        '2 hours from login',
        /SESSION_LIFETIME is "2 hours from login"\. Write/,
      ],
      [
        'SESSION_LIFETIME',
        '120',
        /SESSION_LIFETIME is 120, which would be 120 milliseconds\. Write the unit: 120m/,
      ],
      ['SESSION_LIFETIME', '-5', /SESSION_LIFETIME must be more than 0 milliseconds/],
      ['SESSION_KEY', 'of sixteen signs', /SESSION_KEY has 16 characters and needs at least 32\./],
      ['SESSION_NAMESPACE', 'my app:', /SESSION_NAMESPACE may have letters/],
    ] as const
  ).map(([name, value, sentence]): [string, Foreign] => [
    `${name}=${value}`,
    { env: { [name]: value }, sentence },
  ]),
  ...(
    [
      [null, `${MANIFEST} is no object\\.`],
      [['a'], `${MANIFEST} is no object\\.`],
      ['text', `${MANIFEST} is no object\\.`],
      [{ lifetme: '1h' }, `${MANIFEST} has "lifetme", which is not known\\.`],
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
      [{ seal: 'yes please', lifetime: 120 }, `${under('lifetime')} is 120, which would be`],
      [{ seal: 1 }, `${under('seal')} is 1\\. Set it to true or false`],
      [{ namespace: 7 }, `${under('namespace')} may have letters`],
      [{ who: ['a'] }, `${under('who')} is \\[.*\\]\\. Set it to names with dots`],
    ] as const
  ).map(([holdover, sentence]): [string, Foreign] => [
    JSON.stringify(holdover),
    { holdover, sentence: new RegExp(sentence) },
  ]),
];

async function begin({ env, holdover }: Foreign): Promise<CareProject> {
  const project = await CareProject.begin('filesystem');
  Object.assign(project.env, { SESSION_TYPE: undefined, ...env });
  const manifest = { name: 'project', type: 'module', holdover };
  project.app.write('package.json', JSON.stringify(manifest));
  return project;
}

/** Asks for a store in so many words, and answers why there is none. */
const ASKING = `
  app.get('/ask', async (req, res) => {
    const { createStore } = await import('holdover/express');
    try { createStore(); res.json({}); } catch (error) { res.json({ refused: error.message }); }
  });`;

/** All that say where sessions are and how they are kept: whether the default is used, the next process shows. */
const RESTARTED = [
  'SESSION_TYPE=database',
  'SESSION_KEY=of sixteen signs',
  'SESSION_NAMESPACE=my app:',
  'null',
  '{"directory":".."}',
  '{"redis":"redis://db.example"}',
  '{"seal":1}',
];

/** More of an option that is among the others: a command says the sentence that the app has got. */
const MORE_OF_THE_SAME = [
  'SESSION_LIFETIME=120',
  'SESSION_LIFETIME=-5',
  '["a"]',
  '"text"',
  '{"directory":5}',
  '{"directory":["a"]}',
  '{"directory":null}',
  '{"redis":{"url":{}}}',
  '{"redis":{"timeout":"1s"}}',
  '{"redis":"http://x"}',
];
const names = new Set(FOREIGN.map(([name]) => name));
for (const name of [...RESTARTED, ...MORE_OF_THE_SAME]) {
  if (!names.has(name)) throw new Error(`${name} is not among them.`);
}

/** How often a text was printed. */
function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern, 'g'))].length;
}

describe('what cannot be used', () => {
  it.each(FOREIGN)(
    'does not stop an adopted app, is said once, and is refused if asked for: %s',
    async (name, foreign) => {
      const project = await begin(foreign);
      const app = await CareApp.start(project, toExpressApp('', ASKING));
      const { browser, running } = app;
      expect(await browser.json('/login', { method: 'POST' })).toBeDefined();
      expect(await browser.json('/me')).toEqual({ user: 'ada' });
      expect(running.output).toMatch(foreign.sentence);
      expect(running.output).toContain('; until then the default is used.');
      expect(count(running.output, foreign.sentence)).toBe(1);
      expect(running.output).not.toMatch(/TypeError|\n {4}at /);
      const asked = await browser.json<{ refused?: string }>('/ask');
      expect(asked?.refused).toMatch(foreign.sentence);
      expect(asked?.refused).not.toContain('\n');
      if (!RESTARTED.includes(name)) return;
      await app.kill();
      await CareApp.start(project, project.app.read('app.js'));
      expect(await browser.json('/me')).toEqual({ user: 'ada' });
    },
  );

  it.each(FOREIGN.filter(([name]) => !MORE_OF_THE_SAME.includes(name)))(
    'is refused in one sentence by a command: %s',
    async (_, foreign) => {
      const project = await begin(foreign);
      const ended = await project.run(['ls']);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(foreign.sentence);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    },
  );

  it('is a folder in use, too, which is left as it is', async () => {
    const sentence = /photos is not empty and holdover has not made it, so it is left as it is\./;
    const project = await begin({ env: { SESSION_FILE_DIR: 'photos' }, sentence });
    project.app.write('photos/party.jpg', 'a photo');
    const app = await CareApp.start(project, toExpressApp());
    await app.browser.json('/login', { method: 'POST' });
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    expect(count(app.running.output, sentence)).toBe(1);
    await app.kill();
    await CareApp.start(project, project.app.read('app.js'));
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    expect(readdirSync(join(project.app.folder, 'photos'))).toEqual(['party.jpg']);
  });

  it('does not stop holdover watch either, and the app says it', async () => {
    const [, foreign] = FOREIGN[0] as [string, Foreign];
    const project = await begin(foreign);
    const app = await CareApp.start(project, toExpressApp(), {}, [CLI, 'watch', 'app.js']);
    expect(await app.browser.json('/login', { method: 'POST' })).toBeDefined();
    expect(await app.browser.json('/me')).toEqual({ user: 'ada' });
    expect(count(app.running.output, foreign.sentence)).toBe(1);
  });

  it('does not begin to adopt in production', async () => {
    const project = await begin({ env: { SESSION_TYPE: 'database' }, sentence: /x/ });
    const env = { NODE_ENV: 'production' };
    const app = await CareApp.start(project, toExpressApp(), env);
    await app.browser.json('/login', { method: 'POST' });
    await app.kill();
    await CareApp.start(project, project.app.read('app.js'), env);
    expect(await app.browser.json('/me')).toEqual({});
  });
});
