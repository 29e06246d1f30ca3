import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, sep } from 'node:path';
import type { InlineConfig } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
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

/** Sends a target as it is: `fetch` would put it in order. */
function ask(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('end', () => resolve(answer)).on('error', reject);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

/** The URLs that are answered with the content of the file. */
async function findGiven(port: number, base: string, urls: string[]): Promise<string[]> {
  const given: string[] = [];
  for (const url of urls) {
    const answer = await ask(port, base + url);
    const encoded = Buffer.from(CANARY).toString('base64');
    if (answer.includes(CANARY) || answer.includes(encoded)) given.push(url);
  }
  return given;
}

const CONFIGS: [string, InlineConfig][] = [
  ['as it is', {}],
  ['with a list of the user', { server: { fs: { deny: ['*.secret'] } } }],
  ['with fs.strict off', { server: { fs: { strict: false } } }],
  ['with a base', { base: '/base/' }],
  ['with a base and fs.strict off', { base: '/base/', server: { fs: { strict: false } } }],
  ['with an app of its own', { appType: 'custom' }],
];

describe.each(VITES)('session files behind %s', (_name, vite) => {
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
