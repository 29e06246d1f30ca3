import { join } from 'node:path';
import { linkPackage } from '../support/packages.ts';
import type { App } from '../support/app.ts';

/** A version of Vite, and the name under which it is installed here. */
export interface ViteVersion {
  name: string;
  installedAs: string;
}

const VITE_8: ViteVersion = { name: 'Vite 8', installedAs: 'vite' };
const VITE_7: ViteVersion = { name: 'Vite 7', installedAs: 'vite7' };
export const VITES: [ViteVersion, ViteVersion] = [VITE_8, VITE_7];

/** The oldest that the plugin works with. */
export const OLDEST_VITE: ViteVersion = { name: 'Vite 6', installedAs: 'vite6' };

/** An app whose server code runs inside Vite. */
export interface Subject {
  name: string;
  fixture: string;
  /** The words after `node` that start its dev server on a port. */
  command: (port: number) => string[];
  env?: NodeJS.ProcessEnv;
  /** Changes the copy of the fixture. */
  prepare?: (app: App) => void;
  /** Whether an edit of vite.config goes unnoticed, because the app has turned HMR off. */
  hasNoHmr?: boolean;
}

const VITE = join('node_modules', 'vite', 'bin', 'vite.js');
const WITH_CLI = (port: number) => [VITE, '--port', `${port}`, '--strictPort'];
const WITH_SERVER = () => ['server.js'];

/** The words after `node` that start the preview server of any of them. */
export const PREVIEW = (port: number): string[] => [VITE, 'preview', ...WITH_CLI(port).slice(1)];

export const EXPRESS: Subject = {
  name: 'Express in middleware mode',
  fixture: 'vite-express',
  command: WITH_SERVER,
};

export const HONO: Subject = {
  name: 'Hono on @hono/vite-dev-server',
  fixture: 'vite-hono',
  command: WITH_CLI,
};

export const FASTIFY: Subject = {
  name: 'Fastify behind Vite',
  fixture: 'vite-fastify',
  command: WITH_CLI,
};

const RUNNER: Subject = {
  ...EXPRESS,
  name: 'Express on the module runner',
  env: { LOADER: 'runner' },
};

/**
 * Other ways in which server code gets into Vite. Together with what each framework survives in full, each
 * way is here once, and each framework in each version of Vite.
 */
export const MORE: [Subject, ViteVersion][] = [
  [RUNNER, VITE_8],
  [RUNNER, VITE_7],
  [
    {
      ...EXPRESS,
      name: 'Express on vite-plugin-node',
      command: WITH_CLI,
      prepare: usePluginNode,
      hasNoHmr: true,
    },
    VITE_8,
  ],
  [
    { ...EXPRESS, name: 'Express with its sessions outside of Vite', prepare: useSessionsOfServer },
    VITE_7,
  ],
];

/** Installs what the fixtures use, and a version of Vite. */
export function install(app: App, viteInstalledAs: string): void {
  linkPackage(app, 'vite', viteInstalledAs);
  for (const name of [
    '@hono/vite-dev-server',
    '@hono/node-server',
    'hono',
    'hono-sessions',
    'vite-plugin-node',
  ]) {
    linkPackage(app, name);
  }
}

function usePluginNode(app: App): void {
  const config = app.read('vite.config.js');
  app.write(
    'vite.config.js',
    `import { VitePluginNode } from 'vite-plugin-node';\n${config.replace(
      'holdover()',
      "holdover(), ...VitePluginNode({ adapter: 'express', appPath: './src/app.js', exportName: 'app' })",
    )}`,
  );
}

/** The store is made by Node, before there is a Vite. */
function useSessionsOfServer(app: App): void {
  const server = app.read('server.js');
  app.write(
    'server.js',
    `import { sessions } from './src/sessions.js';\n${server.replace(
      'server.use(vite.middlewares);',
      'server.use(sessions, vite.middlewares);',
    )}`,
  );
  app.write('src/app.js', app.read('src/app.js').replace('app.use(sessions);', ''));
}
