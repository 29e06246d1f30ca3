/**
 * Builds `dist`. Each module of `src/*.ts` and `src/standalone/` is a file of its own, and what they share lies
 * in a few chunks: a start loads its own file and one or two chunks, since each file costs it a millisecond.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { collectLicenses } from './licenses.js';
import { shrinkSourceMaps, skipFacades, unwrapCommonJs } from './plugins.js';
import { buildTypes } from './types.js';

const ROOT = join(import.meta.dirname, '..', '..');
const DIST = join(ROOT, 'dist');
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/**
 * The chunks, from the bottom layer up. A chunk takes the modules that its pattern names and all that these
 * import, but for what a chunk before it has taken. So a chunk imports only chunks before it: two chunks that
 * import each other would find bindings of one another before these are initialised.
 */
const CHUNKS = [
  ['compile-cache', /\/src\/options\/compile-cache\.ts/], // loaded before all that it is to keep
  // The entries that make a store, what adopts the stores of an app, and what rooms above share with them.
  [
    'core',
    /\/src\/((better-auth|express|fastify|grammy|hono|keyv|koa|oidc-provider|react-router|unstorage)\.ts|(session|options(?!\/tsconfig)|history|adopt|loader|ends|mcp\/hook|asking)\/|state\/told\.ts|watch\/process\/in-app\/register\.ts)/,
  ],
  // What `holdover watch` and `register` run inside of the app.
  ['app', /\/src\/watch\/(.*\/)?in-app\//],
  ['mcp', /\/src\/mcp\/(?!stdio\/)/], // what a request of MCP needs in the app
  ['vite', /\/src\/vite[./]/],
  ['care', /\/src\/(care\.ts|care\/|storage\/)/], // what commands and the inspector ask
  ['state', /\/src\/(index\.ts|state\/(?!check-kept))/], // `keep` and `preserve`
  ['inspector', /\/src\/inspector\//],
  ['watch', /\/src\/(mcp\/stdio|watch|commands\/watch)\//],
  ['commands', /\/src\/(commands|state)\//],
];

const listModules = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(ROOT, folder, name));
const entries = listModules('src').filter((path) => !path.endsWith('/options.ts'));
const standalone = listModules('src/standalone');
const isThread = (path) => path.endsWith('-thread.ts');

rmSync(DIST, { recursive: true, force: true });
const bundled = [
  ...(await bundle([...entries, ...standalone.filter((path) => !isThread(path))], CHUNKS)),
  // A thread has modules of its own anyway, and starts sooner without those of the process. What a file does when
  // it is loaded stays in that file.
  ...(await bundle(standalone.filter(isThread), [
    ['threads', /\/src\/(?!standalone\/|state\/reach\/last-hook)/],
  ])),
];
writeFileSync(join(DIST, 'LICENSES.txt'), collectLicenses(ROOT, bundled));
buildTypes(
  ROOT,
  entries.filter((path) => !path.endsWith('/cli.ts')),
  DIST,
);

/** Writes the files of some modules. Returns the paths of all modules that are in them. */
async function bundle(modules, chunks) {
  const build = await rolldown({
    input: Object.fromEntries(modules.map((path) => [toName(path), path])),
    external: (name) =>
      Object.keys(dependencies).some((one) => name === one || name.startsWith(`${one}/`)),
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    checks: { ineffectiveDynamicImport: false }, // into the same chunk, as others are farther away
    plugins: [unwrapCommonJs, skipFacades, shrinkSourceMaps],
    transform: { target: 'node20' },
  });
  const { output } = await build.write({
    dir: DIST,
    chunkFileNames: 'chunks/[name].js',
    comments: { legal: false, jsdoc: false },
    sourcemap: true,
    codeSplitting: {
      groups: chunks.map(([name, test], i) => ({ name, test, priority: chunks.length - i })),
    },
  });
  await build.close();
  return output.flatMap((one) => one.moduleIds ?? []);
}

/** `standalone/wait` for `src/standalone/wait.ts`. */
function toName(path) {
  return path.slice(join(ROOT, 'src').length + 1, -'.ts'.length).replaceAll('\\', '/');
}
