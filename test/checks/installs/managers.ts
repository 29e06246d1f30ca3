import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const HERE = join(import.meta.dirname, 'node_modules');
const CACHE = join(HERE, '.cache');
const YARN = join(HERE, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js');

/** What installs the packages of a project, and runs their commands in it. */
export interface Manager {
  name: string;
  /** The words that install what package.json names. */
  install: string[];
  /** The words in front of a command of a package, or of `node`. */
  run: (command: string) => string[];
  env?: NodeJS.ProcessEnv;
}

const inModules = (command: string): string[] =>
  command === 'node' ? ['node'] : [join('node_modules', '.bin', command)];

export const NPM: Manager = {
  name: 'npm',
  install: ['npm', 'install', '--prefer-offline', '--ignore-scripts', '--loglevel=error'],
  run: inModules,
};

export const PNPM: Manager = {
  name: 'pnpm',
  install: [
    'node',
    join(HERE, 'pnpm', 'bin', 'pnpm.cjs'),
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-frozen-lockfile',
    `--store-dir=${join(CACHE, 'pnpm')}`,
  ],
  run: inModules,
};

export const YARN_CLASSIC: Manager = {
  name: 'Yarn 1',
  install: [
    'node',
    join(HERE, 'yarn', 'bin', 'yarn.js'),
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-lockfile',
    `--cache-folder=${join(CACHE, 'yarn')}`,
  ],
  run: inModules,
};

/** There is no node_modules: packages are in archives, and found by what Yarn loads into Node. */
export const PLUG_N_PLAY: Manager = {
  name: "Yarn with Plug'n'Play",
  install: ['node', YARN, 'install', '--no-immutable'],
  run: (command) => ['node', YARN, command],
  env: {
    YARN_GLOBAL_FOLDER: join(CACHE, 'berry'),
    YARN_ENABLE_SCRIPTS: '0',
    YARN_ENABLE_TELEMETRY: '0',
  },
};

/** Installs a project; what the package manager says of a failure is in the error. */
export async function install(manager: Manager, folder: string): Promise<void> {
  const [command = '', ...args] = manager.install;
  const env = { ...process.env, CI: '', ...manager.env };
  await promisify(execFile)(command, args, { cwd: folder, env }).catch((error: Error) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${manager.name} cannot install:\n${stdout}${stderr}`, { cause: error });
  });
}
