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
  /** The words that only make its lockfile. */
  lock: string[];
  /** The words that only add a package to package.json and the lockfile, before the name of that. */
  add: string[];
  /** The words in front of a command of a package, or of `node`. */
  run: (command: string) => string[];
  env?: NodeJS.ProcessEnv;
}

const inModules = (command: string): string[] =>
  command === 'node' ? ['node'] : [join('node_modules', '.bin', command)];

export const NPM = createNpm('npm', ['npm'], 'error');

/** npm in each major version that people have. */
export const NPMS = [9, 10, 11].map((major) =>
  createNpm(`npm ${major}`, ['node', join(HERE, `npm-${major}`, 'bin', 'npm-cli.js')], 'warn'),
);

function createNpm(name: string, command: string[], loglevel: string): Manager {
  const quiet = ['--no-audit', '--no-fund', `--loglevel=${loglevel}`];
  const words = [...command, 'install', '--prefer-offline', '--ignore-scripts', ...quiet];
  const lock = [...words, '--package-lock-only'];
  return { name, install: words, lock, add: [...lock, '--save-dev'], run: inModules };
}

const PNPM_COMMAND = ['node', join(HERE, 'pnpm', 'bin', 'pnpm.cjs')];
const PNPM_FLAGS = ['--ignore-scripts', '--prefer-offline', `--store-dir=${join(CACHE, 'pnpm')}`];
const PNPM_INSTALL = [...PNPM_COMMAND, 'install', '--no-frozen-lockfile', ...PNPM_FLAGS];

export const PNPM: Manager = {
  name: 'pnpm',
  install: PNPM_INSTALL,
  lock: [...PNPM_INSTALL, '--lockfile-only'],
  add: [...PNPM_COMMAND, 'add', '--save-dev', '--lockfile-only', ...PNPM_FLAGS],
  run: inModules,
};

const YARN_CLASSIC_COMMAND = ['node', join(HERE, 'yarn', 'bin', 'yarn.js')];
const YARN_CLASSIC_FLAGS = ['--ignore-scripts', '--ignore-engines', '--prefer-offline'];
YARN_CLASSIC_FLAGS.push('--no-lockfile', `--cache-folder=${join(CACHE, 'yarn')}`);
const YARN_CLASSIC_INSTALL = [...YARN_CLASSIC_COMMAND, 'install', ...YARN_CLASSIC_FLAGS];

export const YARN_CLASSIC: Manager = {
  name: 'Yarn 1',
  install: YARN_CLASSIC_INSTALL,
  // It has no way to stop before the packages.
  lock: YARN_CLASSIC_INSTALL,
  add: [...YARN_CLASSIC_COMMAND, 'add', '--dev', ...YARN_CLASSIC_FLAGS],
  run: inModules,
};

/** There is no node_modules: packages are in archives, and found by what Yarn loads into Node. */
export const PLUG_N_PLAY: Manager = {
  name: "Yarn with Plug'n'Play",
  install: ['node', YARN, 'install', '--no-immutable'],
  lock: ['node', YARN, 'install', '--no-immutable', '--mode=update-lockfile'],
  add: ['node', YARN, 'add', '--dev', '--mode=update-lockfile'],
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
