import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, sep } from 'node:path';
import type { InlineConfig } from 'vite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTempFolder } from '../support/temp-folder.ts';
import { createProject, portOf, serve, VITES } from './servers.ts';

const CANARY = 'a canary in a session file';
const RECORD = 'a'.repeat(64);

/** Every way to name a file to Vite that has ever got past a list of denied ones. */
function toUrls(root: string, path: string): string[] {
  const absolute = join(root, path).split(sep).join('/');
  const url = `/${path}`;
  const queries = [
    '',
    '?raw',
    '?import&raw',
    '?url',
    '?import&url',
    '?inline',
    '?import&inline&raw',
    '?raw??',
    '?import&raw??',
    '?url&raw',
    '?.svg?.wasm?init',
    '?v=1&raw',
    '?t=1',
    '?worker',
    '?import&?inline=1.wasm?init',
    '?raw&x=/index.html',
    '?html-proxy',
    '?sharedworker',
  ];
  const spellings = [
    `/.${url}`,
    `//${path}`,
    `/x/..${url}`,
    `/%2e${path.slice(1)}`,
    `${url}/`,
    `${url}/.`,
    url.replaceAll('/', '%2f').replace('%2f', '/'),
    `/${path.replaceAll('/', '\\')}`,
    `/${path.toUpperCase()}`,
    `${url}#`,
    `${url}#/index.html`,
    `${url}%00`,
    `${url}%20`,
    `${url}.`,
    `/node_modules/..${url}`,
    `/src/..%2f${path}`,
    `/@vite/..${url}`,
    `/%252e${path.slice(1)}`,
    `${url}::$DATA`,
    `/public/..${url}`,
    `/index.html/..${url}`,
  ];
  const prefixes = ['/@fs', '/@fs/', '/@id', '/@id/', '/@id/__x00__', '/@fs/.', '/@id/@fs'];
  return [
    ...queries.map((query) => url + query),
    ...spellings.flatMap((spelling) => [spelling, `${spelling}?raw`, `${spelling}?import&raw`]),
    ...prefixes.flatMap((prefix) => queries.map((query) => prefix + absolute + query)),
  ];
}

/** Sends targets as they are, on one connection: `fetch` would put them in order. */
function ask(port: number, ...targets: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('end', () => resolve(answer)).on('error', reject);
    const requests = targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n`);
    socket.write(`${requests.join('\r\n')}Connection: close\r\n\r\n`);
  });
}

/**
 * The URLs that are answered with the content of the file. Many are asked at once, and each half again where
 * one of them gives it, or where the server ends the connection at one.
 */
async function findGiven(port: number, base: string, urls: string[]): Promise<string[]> {
  const isOne = urls.length === 1;
  const answer = await ask(port, ...urls.map((url) => base + url)).catch((error: Error) => {
    if (isOne) throw error;
    return '';
  });
  const encoded = Buffer.from(CANARY).toString('base64');
  const isGiven = answer.includes(CANARY) || answer.includes(encoded);
  if (isOne) return isGiven ? urls : [];
  const answered = answer.match(/HTTP\/1\.1 \d{3} /g)?.length;
  if (answered === urls.length && !isGiven) return [];
  const middle = Math.ceil(urls.length / 2);
  const first = await findGiven(port, base, urls.slice(0, middle));
  return [...first, ...(await findGiven(port, base, urls.slice(middle)))];
}

const CONFIGS: [string, InlineConfig][] = [
  ['as it is', {}],
  ['with a list of the user', { server: { fs: { deny: ['*.secret'] } } }],
  ['with fs.strict off', { server: { fs: { strict: false } } }],
  ['with a base', { base: '/base/' }],
  ['with a base and fs.strict off', { base: '/base/', server: { fs: { strict: false } } }],
  ['with an app of its own', { appType: 'custom' }],
];

/** How Vite is asked for what is in a file; first the ways that take the fewest words. */
const QUERIES = ['', '?import&raw', '?url&inline', '?raw', '?url', '?import&inline', '?v=1&raw'];
QUERIES.push('?.wasm?init', '?worker&inline', '?html-proxy&index=0.js', '#?raw', '%3Fraw');

/** Every way to name a file by its path, by a URL of it, and by an alias. */
function toForms(
  root: string,
  path: string,
  aliases: [string, string][],
  queries: string[],
): string[] {
  const absolute = path.split(sep).join('/');
  const named = aliases.flatMap(([alias, folder]) =>
    path.startsWith(folder + sep) ? [alias + absolute.slice(folder.length)] : [],
  );
  const inRoot = path.startsWith(root + sep) ? [absolute.slice(root.length)] : [];
  const encoded = absolute.replaceAll(/[a-c]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  const places = [
    ...inRoot,
    `/@fs${absolute}`,
    `/@fs/${absolute}`,
    `/@fs/file://${absolute}`,
    `/@id/${absolute}`,
    `/@id/file://${absolute}`,
    `/@id/file://localhost${absolute}`,
    `/@id/file:${absolute}`,
    `/@id/FILE://${absolute}`,
    `/@id/file://${encoded}`,
    `/@id/__x00__${absolute}`,
    `/file://${absolute}`,
    ...named.flatMap((name) => [`/@id/${name}`, `/@id/__x00__${name}`, `/${name}`]),
  ];
  return places.flatMap((place) => queries.map((query) => place + query));
}

const STRICT_OFF: InlineConfig = { server: { fs: { strict: false } } };

/** How Vite is configured, and where the state directory lies. */
const PLACES: [string, InlineConfig, (root: string) => string][] = [
  ['the state directory elsewhere', {}, () => createTempFolder()],
  ['fs.strict off, with a base', { base: '/base/', ...STRICT_OFF }, () => createTempFolder()],
  ['the state directory in the root', {}, (root) => join(root, 'home', 'state')],
  ['the same with a base', { base: '/base/' }, (root) => join(root, '.local', 'state')],
  ['the same with fs.strict off', STRICT_OFF, (root) => join(root, 'home', 'state')],
];

describe.each(VITES)('session files behind $name', ({ vite }) => {
  it.each(CONFIGS)('are given to nobody: %s', async (_config, config) => {
    const path = `.holdover/sessions/${RECORD}`;
    const root = createProject({
      [path]: CANARY,
      [`.holdover/sessions/staged/${RECORD}`]: CANARY,
      'index.html': '<p>hello</p>',
      'plain.txt': 'for everybody',
      '.env': 'SECRET=1',
    });
    const server = await serve(vite, root, config);
    const port = portOf(server);
    const base = config.base?.replace(/\/$/, '') ?? '';
    const link = join(createTempFolder(), 'link');
    symlinkSync(root, link, 'junction');
    const urls = [
      ...toUrls(root, path),
      ...toUrls(root, `.holdover/sessions/staged/${RECORD}`),
      ...toUrls(link, path).filter((url) => url.startsWith('/@')),
    ];
    expect(urls.length).toBeGreaterThan(300);
    expect(await findGiven(port, base, urls)).toEqual([]);
    expect(await ask(port, `${base}/plain.txt`)).toContain('for everybody');
    if (config.server?.fs?.strict !== false && !config.server?.fs?.deny) {
      expect(await ask(port, `${base}/.env?raw`)).toContain('403'); // the list of Vite is kept
    }
  });

  it.each(PLACES)(
    'and keys are given to nobody by any form of URL: %s',
    async (_, config, state) => {
      const root = createProject({ 'index.html': '', 'plain.txt': 'for everybody' });
      const stateHome = state(root);
      vi.stubEnv('XDG_STATE_HOME', stateHome);
      onTestFinished(() => void vi.unstubAllEnvs());
      const secrets = [
        join(root, '.holdover', 'sessions', RECORD),
        join(stateHome, 'holdover', 'keys', `${'b'.repeat(32)}.key`),
      ];
      // In folders that are denied with those of the first: few ways to ask tell whether they are.
      const beside = [
        join(root, '.holdover', 'sessions', 'staged', RECORD),
        join(stateHome, 'holdover', 'history', `${'c'.repeat(32)}.jsonl`),
      ];
      for (const path of [...secrets, ...beside]) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, CANARY);
      }
      const alias = { '@root': root, '@state': stateHome, '~': dirname(secrets[0] as string) };
      const server = await serve(vite, root, { ...config, resolve: { alias } });
      const base = config.base?.replace(/\/$/, '') ?? '';
      const toAll = (paths: string[], queries: string[]): string[] =>
        paths.flatMap((path) => toForms(root, path, Object.entries(alias), queries));
      const urls = [...toAll(secrets, QUERIES), ...toAll(beside, QUERIES.slice(0, 3))];
      expect(urls.length).toBeGreaterThan(secrets.length * 150);
      expect(await findGiven(portOf(server), base, urls)).toEqual([]);
      expect(await ask(portOf(server), `${base}/plain.txt`)).toContain('for everybody');
      expect(await ask(portOf(server), `${base}/@id/@root/plain.txt?import&raw`)).toContain(
        'for everybody',
      );
    },
  );

  it('would be given to everybody without the plugin', async () => {
    const path = `.holdover/sessions/${RECORD}`;
    const root = createProject({ [path]: CANARY });
    const server = await vite.createServer({
      configFile: false,
      logLevel: 'silent',
      root,
      server: { port: 0 },
    });
    onTestFinished(() => server.close());
    await server.listen();
    const given = await findGiven(portOf(server), '', toUrls(root, path));
    expect(given.length).toBeGreaterThan(10);
  });

  it('are denied by Vite itself, under the list that it and the user have', async () => {
    const root = createProject({ [`.holdover/sessions/${RECORD}`]: CANARY });
    const server = await serve(vite, root, { server: { fs: { deny: ['*.secret'] } } });
    const { deny } = server.config.server.fs;
    expect(deny).toContain('*.secret');
    const directory = join(root, '.holdover', 'sessions');
    expect(deny).toContain(directory.split(sep).join('/'));
    expect(vite.isFileLoadingAllowed(server.config, join(directory, RECORD))).toBe(false);
    expect(vite.isFileLoadingAllowed(server.config, join(root, 'a.secret'))).toBe(false);
    expect(vite.isFileLoadingAllowed(server.config, join(root, 'index.html'))).toBe(true);
  });

  it('must not lie in the public folder', async () => {
    const root = createProject();
    mkdirSync(join(root, 'public'));
    writeFileSync(join(root, 'public', 'x.txt'), '');
    const options = { directory: join('public', 'sessions') };
    await expect(serve(vite, root, {}, options)).rejects.toThrow(/public folder/);
  });
});
