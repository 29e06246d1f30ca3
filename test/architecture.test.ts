import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from './docs/pages.ts';
import { drawHouse, readDrawing } from './support/draw-house.ts';
import { layerOf, readSources, SRC, type Source } from './support/sources.ts';

/** What is imported of each room of src/watch: on the supervisor's side, and in the app's process. */
const DOORS: Record<string, { file?: string; inApp?: string }> = {
  changes: { file: 'watcher.ts', inApp: 'quiet-package-reports.ts' },
  process: { file: 'child.ts', inApp: 'tie-to-supervisor.ts' },
  sockets: { file: 'held-sockets.ts', inApp: 'hold-sockets.ts' },
  standby: { file: 'next-process.ts', inApp: 'wait-for-go.ts' },
  drain: { inApp: 'drain.ts' },
  input: { file: 'input.ts', inApp: 'app-terminal.ts' },
  descendants: { inApp: 'descendants.ts' },
  asking: { file: 'asks.ts', inApp: 'answers.ts' },
  crash: { file: 'after-crash.ts', inApp: 'uncaught-error.ts' },
  report: { file: 'report.ts' },
  stdio: { file: 'stdio.ts' },
};
/** What is imported of the rest of src/watch from outside it. */
const FRONT_DOORS = new Set([
  'watch/supervisor.ts',
  'watch/watch-options.ts',
  'watch/in-app/register.ts',
]);

/** What is imported of the other rooms from outside them; one within another counts as inside of that. */
const OPEN: Record<string, string[]> = {
  'storage/directory': [
    'layout',
    'namespaces',
    'open',
    'prepare',
    'quarantine',
    'retired',
    'scan',
    'storage',
  ],
  'storage/directory/file': ['header', 'record-file', 'slots', 'versions'],
  'storage/directory/stage': ['promoter', 'stage'],
  'storage/files': [
    'clock',
    'disk',
    'folders',
    'inside',
    'owners',
    'replace-file',
    'sync',
    'writable',
  ],
  'storage/keys': ['key', 'secrets'],
  'storage/copy': ['copy', 'export-file', 'keyv-place', 'own-place', 'place'],
  'storage/keyv': ['load', 'open', 'records', 'storage'],
  'storage/redis': ['client', 'keys', 'open', 'place', 'records', 'scan', 'target'],
  'storage/redis/link': ['link', 'outage'],
  'storage/survey': ['count', 'removal', 'survey', 'surveyed'],
  ends: ['ends', 'grace', 'signals'],
  inspector: ['inspector', 'listen', 'token'],
  'inspector/api': ['api'],
  loopback: ['viewer'],
  history: [
    'explain',
    'history',
    'inside',
    'latest',
    'seen-requests',
    'session-cookie',
    'tell',
    'writer',
  ],
  'mcp/in-flight': ['in-flight', 'last-words', 'write'],
  'mcp/messages': ['cause', 'client', 'handshake', 'json-rpc', 'server-ids', 'subscriptions'],
  'mcp/streams': ['events', 'kinds', 'streams'],
  'mcp/hook': ['arrival', 'body', 'hook', 'recognise'],
  'session/expiry': ['lifetime', 'touches'],
  'adopt/cookies': ['app-secret', 'cookie-expiry', 'session-options', 'signed-cookies'],
  'adopt/express': ['express-session', 'verbs'],
  'adopt/fastify': ['fastify-session', 'patient-signer'],
  'adopt/hono': ['hono-sessions', 'verbs'],
  'adopt/koa': ['generic-session', 'koa-session', 'requests', 'verbs'],
  'adopt/loader': ['tail'],
  'adopt/memorystore': ['memorystore'],
  'adopt/oidc-provider': ['oidc-provider'],
  'adopt/passport': ['passport', 'fastify-passport', 'own-logins'],
  'adopt/held-over': ['announce', 'describe', 'opened'],
  'care/running': ['announce', 'ask', 'crash', 'questions', 'restart', 'restarts', 'url'],
  'commands/state': ['clear', 'list', 'look', 'show'],
  'state/database': ['connection', 'databases', 'kept-databases'],
  'state/form': ['parse', 'recorder', 'revive', 'revived', 'version'],
  'state/kept': [
    'accessors',
    'keeper-options',
    'kept-bindings',
    'left-out',
    'registration',
    'sentences',
    'start-up',
  ],
  'state/preserved': ['admission', 'objects', 'open-state', 'standard-schema', 'state'],
  'state/reach': ['for-vite', 'hooks'],
  'state/rehydrate': [
    'collections',
    'context',
    'first-request',
    'kinds',
    'old-graph',
    'private-fields',
    'rehydrator',
    'waiting',
  ],
  'state/rehydrate/classes': ['classes'],
  'state/snapshots': ['first-process', 'passes', 'runs', 'stored'],
  'state/walk': ['walk'],
};
const LONGEST = 200;

const ENTRIES = [
  'index.ts',
  'better-auth.ts',
  'express.ts',
  'fastify.ts',
  'grammy.ts',
  'hono.ts',
  'keyv.ts',
  'koa.ts',
  'react-router.ts',
  'telegraf.ts',
  'unstorage.ts',
  'vite.ts',
  'register.ts',
  'cli.ts',
];

/** Imports that point upwards. */
function findUpward(among: Pick<Source, 'path' | 'imports'>[]): string[] {
  return among.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.endsWith('.ts') && layerOf(name) > layerOf(path))
      .map((name) => `${path} -> ${name}`),
  );
}

function roomOf(path: string): string | undefined {
  const [, room] = /^watch\/([\w-]+)\//.exec(path) ?? [];
  return room === 'in-app' ? undefined : room;
}

/** Whether a file may import another one of src/watch. */
function isAllowed(from: string, to: string): boolean {
  const room = roomOf(to);
  if (room === undefined) return from.startsWith('watch/') || FRONT_DOORS.has(to);
  if (room === roomOf(from)) return true;
  const { file, inApp } = DOORS[room] ?? {};
  const isInApp = from.includes('/in-app/');
  return to === (isInApp ? `watch/${room}/in-app/${inApp}` : `watch/${room}/${file}`);
}

/** Imports, types included, that enter a room of src/watch other than by its door. */
function findBreakIns(among: Pick<Source, 'path' | 'imports' | 'names'>[]): string[] {
  return among.flatMap(({ path, imports, names }) =>
    [...imports, ...names]
      .filter((name) => name.startsWith('watch/') && !isAllowed(path, name))
      .map((name) => `${path} -> ${name}`),
  );
}

/** With what is loaded later among the imports. */
function withLater(among: Source[]): Pick<Source, 'path' | 'imports'>[] {
  return among.map(({ path, imports, names }) => ({ path, imports: [...imports, ...names] }));
}

/** What enters a room other than those of src/watch, as `room/file`, by who does. */
function findEntered(among: Pick<Source, 'path' | 'imports'>[]): [path: string, entered: string][] {
  return among.flatMap(({ path, imports }) =>
    imports
      .filter((name) => dirname(name) in OPEN && !path.startsWith(`${dirname(name)}/`))
      .map((name): [string, string] => [path, name.replace(/\.ts$/, '')]),
  );
}

/** Files that lead back to themselves by what they import, types included. */
function findCircles(among: Pick<Source, 'path' | 'imports'>[]): string[] {
  const importsOf = new Map(among.map(({ path, imports }) => [path, imports]));
  const leadsTo = (from: string, target: string, seen = new Set<string>()): boolean =>
    (importsOf.get(from) ?? []).some((name) => {
      if (name === target) return true;
      if (seen.has(name)) return false;
      seen.add(name);
      return leadsTo(name, target, seen);
    });
  return [...importsOf.keys()].filter((path) => leadsTo(path, path));
}

/** Files that are longer than a file may be. */
function findLong(among: Pick<Source, 'path' | 'text'>[]): string[] {
  const isLong = (text: string): boolean => text.trimEnd().split('\n').length > LONGEST;
  return among.filter(({ text }) => isLong(text)).map(({ path }) => path);
}

/** Files that have nothing of their own: they only hand on what others export. */
function findBarrels(among: Pick<Source, 'path' | 'text'>[]): string[] {
  const handsOn =
    /^(?:import|export)\s[\w*{}\s,]*(?:from\s+)?'[^']+';$|^export (?:type )?\{[^}]*\};$/gm;
  const isBarrel = (text: string): boolean => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    return /^export\b/m.test(code) && code.replaceAll(handsOn, '').trim() === '';
  };
  return among.filter(({ text }) => isBarrel(text)).map(({ path }) => path);
}

const sources = readSources();

/** What is loaded with some files. */
function findLoaded(entries: string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = sources.find((candidate) => candidate.path === path);
    for (const name of source?.loads ?? []) visit(name);
  };
  for (const entry of entries) visit(entry);
  return seen;
}

describe('the layout of src', () => {
  it('has imports that point downwards only', () => {
    expect(sources.length).toBeGreaterThan(30);
    expect(findUpward(sources)).toEqual([]);
  });

  it('would show an import that points upwards', () => {
    const planted = { path: 'session/store.ts', imports: ['storage/open.ts'] };
    expect(findUpward([planted])).toEqual(['session/store.ts -> storage/open.ts']);
  });

  it('has the public entries at the top and nothing else but the options', () => {
    const top = readdirSync(SRC, { withFileTypes: true }).filter((file) => file.isFile());
    const names = top.map((file) => file.name).filter((name) => name.endsWith('.ts'));
    expect(names.sort()).toEqual([...ENTRIES, 'options.ts'].sort());
  });

  it('asks in one module where the package lies, and builds what is named there', () => {
    const askers = sources.filter(({ text }) => /new URL\([^)]*import\.meta\.url/.test(text));
    expect(askers.map(({ path }) => path)).toEqual(['storage/own-files.ts']);
    const named = sources.flatMap(({ text }) =>
      Array.from(text.matchAll(/toOwnUrl\('(\S+)\.js'\)/g), ([, path]) => `src/${path}.ts`),
    );
    expect(named.length).toBeGreaterThan(5);
    const { scripts } = JSON.parse(readFileSync(join(SRC, '../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const built = scripts['build:code']?.split(' ') ?? [];
    const isEntry = (path: string): boolean => built.includes(path) || !path.includes('/', 4);
    expect(named.filter((path) => !isEntry(path))).toEqual([]);
  });

  it('imports keyv in the entry that is named for it only', () => {
    const importers = sources.filter(({ imports }) =>
      imports.some((name) => name.startsWith('keyv') || name.startsWith('@keyv/')),
    );
    expect(importers.map(({ path }) => path)).toEqual(['keyv.ts']);
  });

  it('reads the environment in the options only', () => {
    const readers = sources.filter(({ text }) =>
      // A line of text may name it, to tell people what to write.
      /^(?!\s*['`]).*(\bprocess\.env\b|\benv\b.*= process\b)/m.test(text),
    );
    const paths = readers.map(({ path }) => path).sort();
    expect(paths).toEqual(['options.ts', 'options/said.ts', 'options/supervision.ts']);
  });

  it('keeps the path of the app light: no watcher, no command line, no tsx behind the entries', () => {
    const seen = findLoaded(ENTRIES.filter((name) => name !== 'vite.ts' && name !== 'cli.ts'));
    // `ms` is on it, for SESSION_LIFETIME: 160 lines without a dependency.
    const heavy = new Set(['chokidar', 'cac', 'tsx', 'picomatch', 'semver', '@keyv/redis']);
    expect([...seen].filter((name) => heavy.has(name))).toEqual([]);
    expect(seen).toContain('obug');
  });

  it('loads the inspector when somebody opens it: Vite and the command line begin with its token', () => {
    const seen = [...findLoaded(ENTRIES), ...findLoaded(['commands/run.ts'])];
    const loaded = seen.filter((name) => name.startsWith('inspector/'));
    expect(loaded.filter((name) => name !== 'inspector/token.ts')).toEqual([]);
    const light = findLoaded(['inspector/token.ts']);
    expect(light).toEqual(new Set(['inspector/token.ts', 'node:crypto']));
  });

  it('starts Vite before any storage is loaded', () => {
    const seen = findLoaded(['vite.ts']);
    expect([...seen].filter((name) => name.startsWith('keyv'))).toEqual([]);
    expect(seen).toContain('adopt/express/express-session.ts');
  });

  it('names @keyv/redis in one place, where it is loaded when Redis is asked for', () => {
    const naming = sources.filter(({ text }) => /(require|import)\w*\('@keyv\/redis'/.test(text));
    expect(naming.map(({ path }) => path)).toEqual(['storage/redis/open.ts']);
    const importing = sources.filter(({ imports }) => imports.includes('@keyv/redis'));
    expect(importing).toEqual([]);
  });
});

describe('the rooms of storage, history and adopt', () => {
  const open = Object.entries(OPEN).flatMap(([room, files]) =>
    files.map((file) => `${room}/${file}`),
  );

  it('are entered by the files that are named', () => {
    const entered = new Set(findEntered(withLater(sources)).map(([, name]) => name));
    expect([...entered].sort()).toEqual(open.sort());
  });

  it('would show who comes in elsewhere', () => {
    const planted = { path: 'care/why.ts', imports: ['storage/directory/unsaved.ts'] };
    expect(findEntered([planted])).toEqual([['care/why.ts', 'storage/directory/unsaved']]);
    expect(open).not.toContain('storage/directory/unsaved');
    const inside = { path: 'storage/directory/stage/stage.ts', imports: planted.imports };
    expect(findEntered([inside])).toEqual([]);
  });

  it('have at most six files beside them in storage', () => {
    const top = sources.filter(({ path }) => dirname(path) === 'storage');
    expect(top.length).toBeLessThanOrEqual(6);
  });
});

describe('the rooms of src/watch', () => {
  const watch = sources.filter(({ path }) => path.startsWith('watch/'));

  it('are entered by their doors only', () => {
    expect(watch.length).toBeGreaterThan(50);
    expect(findBreakIns(sources)).toEqual([]);
  });

  it('have the doors that are named', () => {
    const doors = Object.entries(DOORS).flatMap(([room, { file, inApp }]) => [
      ...(file ? [`watch/${room}/${file}`] : []),
      ...(inApp ? [`watch/${room}/in-app/${inApp}`] : []),
    ]);
    const entered = new Set(
      sources.flatMap(({ path, imports }) =>
        imports.filter((name) => roomOf(name) && roomOf(name) !== roomOf(path)),
      ),
    );
    expect([...entered].sort()).toEqual(doors.sort());
  });

  it('would show who comes in elsewhere', () => {
    const plant = (path: string, name: string, isNamed = false): string[] =>
      findBreakIns([{ path, imports: isNamed ? [] : [name], names: isNamed ? [name] : [] }]);
    const burst = 'watch/changes/burst.ts';
    for (const path of [
      'watch/supervisor.ts',
      'watch/crash/server.ts',
      'commands/watch/watch.ts',
    ]) {
      expect(plant(path, burst)).toEqual([`${path} -> ${burst}`]);
      expect(plant(path, 'watch/changes/watcher.ts')).toEqual([]);
      expect(plant(path, 'watch/standby/in-app/wait.ts', true)).toHaveLength(1);
    }
    expect(plant('watch/changes/watcher.ts', burst)).toEqual([]);
    // The other side has a door of its own.
    expect(plant('watch/in-app/take-part.ts', 'watch/process/child.ts')).toHaveLength(1);
    expect(plant('watch/supervisor.ts', 'watch/drain/in-app/drain.ts')).toHaveLength(1);
    expect(plant('register.ts', 'watch/protocol.ts')).toHaveLength(1);
    expect(plant('watch/supervisor.ts', 'watch/attic/attic.ts')).toHaveLength(1);
  });

  it('have no circles among their files, nor has anything else', () => {
    expect(findCircles(sources)).toEqual([]);
  });

  it('would show a circle', () => {
    const planted = [
      { path: 'a.ts', imports: ['b.ts', 'd.ts'] },
      { path: 'b.ts', imports: ['c.ts'] },
      { path: 'c.ts', imports: ['b.ts'] },
      { path: 'd.ts', imports: [] },
    ];
    expect(findCircles(planted)).toEqual(['b.ts', 'c.ts']);
  });

  it('have no file that is too long, and none that only hands on', () => {
    const inspector = sources.filter(({ path }) => path.startsWith('inspector/'));
    expect(findLong([...watch, ...inspector])).toEqual([]);
    expect(findBarrels([...watch, ...inspector])).toEqual([]);
  });

  it('would show such files', () => {
    const lines = (count: number): string => 'export {};\n'.repeat(count);
    const planted = [200, 201].map((count) => ({ path: `${count}.ts`, text: lines(count) }));
    expect(findLong(planted)).toEqual(['201.ts']);
    const barrel = "/** All. */\nexport * from './a.ts';\nexport {\n  type B,\n} from './b.ts';\n";
    const texts = [barrel, `${barrel}export const c = 1;\n`];
    expect(findBarrels(texts.map((text, i) => ({ path: `${i}.ts`, text })))).toEqual(['0.ts']);
  });
});

describe('the drawing in CONTRIBUTING.md', () => {
  it('has beside it what is in each folder', () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((one) => one.isDirectory());
    const rooms = readTable('CONTRIBUTING.md', 'folder').map(([room]) => room);
    expect(rooms.slice(0, -1).sort()).toEqual(folders.map(({ name }) => `\`${name}/\``).sort());
  });

  it('shows the rooms as they are (npm run draw:house)', () => {
    expect(readDrawing()).toBe(drawHouse(sources));
  });

  it('would show another import, unless others say it already', () => {
    const room = (path: string, imports: string[], names: string[] = []): Source => {
      return { path, text: '', loads: imports, imports, names };
    };
    const house = [
      room('watch/run.ts', ['care/why.ts', 'storage/open.ts', 'watch/exit.ts'], ['mcp/hook.ts']),
      room('mcp/hook.ts', ['storage/open.ts']),
      room('care/why.ts', ['storage/open.ts']),
      room('storage/open.ts', [], ['watch/run.ts']),
    ];
    const draw = (): string[] =>
      drawHouse(house)
        .split('\n')
        .filter((line) => / -\S*> /.test(line));
    const arrows = [
      '  watch --> care',
      '  watch -.-> mcp',
      '  mcp --> storage',
      '  care --> storage',
    ];
    expect(draw()).toEqual(arrows);
    house.push(room('mcp/carrier.ts', ['care/why.ts']));
    // What is loaded later says nothing of what is loaded at once.
    const others = ['  watch --> care', '  watch -.-> mcp', '  mcp --> care', '  care --> storage'];
    expect(draw()).toEqual(others);
    const types = { ...room('watch/exit.ts', ['mcp/hook.ts', 'options/table.ts']), loads: [] };
    house.push(types);
    expect(draw()).toEqual([
      '  watch --> care',
      '  watch -.-> mcp',
      '  watch --> options',
      ...others.slice(2),
    ]);
  });
});
