import { cpSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { findFreePort } from '../../support/app.ts';
import { Browser } from '../../support/browser.ts';
import { poll } from '../../support/poll.ts';
import { killGroup, start, type Running } from '../../support/running.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { install, type Manager } from './managers.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'apps');

interface Me {
  user?: string;
  version: string;
}

/** A project of its own, with the packed holdover and other packages. */
export class Project {
  readonly folder = createTempFolder();
  readonly #manager: Manager;

  /**
   * @param packages by name, with their versions; holdover is added
   * @param more what else stands in package.json
   */
  static async install(
    manager: Manager,
    packages: Record<string, string>,
    files: Record<string, string> = {},
    more: object = {},
  ): Promise<Project> {
    const project = new Project(manager);
    const manifest = toManifest('project', { ...packages, holdover: toPacked() }, more);
    for (const [path, text] of Object.entries({ 'package.json': manifest, ...files })) {
      project.write(path, text);
    }
    await install(manager, project.folder);
    return project;
  }

  private constructor(manager: Manager) {
    this.#manager = manager;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Adds the files of a fixture app, all but its package.json. */
  addFixture(name: string): void {
    const isOther = (path: string): boolean => !path.endsWith('package.json');
    cpSync(join(FIXTURES, name), this.folder, { recursive: true, filter: isOther });
  }

  /** Starts a command of a package, or `node`; `$PORT` among its words is its port. */
  start(command: string, words: string[], port = 0): Running {
    const [file = '', ...args] = [...this.#manager.run(command), ...words];
    return start(
      file,
      args.map((word) => (word === '$PORT' ? `${port}` : word)),
      { cwd: this.folder, env: { PORT: `${port}`, ...this.#manager.env } },
    );
  }

  /** Runs a command to its end. */
  async run(command: string, words: string[]): Promise<{ code: number | null; output: string }> {
    const running = this.start(command, words);
    const { code } = await running.exited;
    return { code, output: running.output };
  }

  /**
   * Starts a server, logs in, saves a file, and sees that the new code knows the login. Under `holdover
   * watch` twice, as the second process was started in advance; Vite, which need not evaluate the module of
   * the store anew, is killed and started again.
   *
   * @param saved the file that has the version that the server tells
   * @returns what the server has printed
   */
  async keepsLogin(command: string, words: string[], saved: string): Promise<string> {
    const port = await findFreePort();
    let running = this.start(command, words, port);
    const browser = new Browser(`http://localhost:${port}`);
    const isAnswered = async (version: string): Promise<Me> => {
      const answer = poll(
        async () => {
          const me = await browser.json<Me>('/me');
          return me?.version === version ? me : undefined;
        },
        { within: 120_000, every: 50 },
      );
      return answer.catch((cause: Error) => {
        throw new Error(`No version ${version}. Printed:\n${running.output}`, { cause });
      });
    };
    await isAnswered('1');
    await browser.json('/login?user=ada', { method: 'POST' });
    for (const version of command === 'holdover' ? ['2', '3'] : ['2']) {
      this.write(`${saved}.new`, `export const version = '${version}';\n`);
      renameSync(join(this.folder, `${saved}.new`), join(this.folder, saved));
      expect(await isAnswered(version), running.output).toMatchObject({ user: 'ada' });
      // The next save counts as one of the same restart before this is told.
      if (command === 'holdover')
        await poll(() => running.output.split('held over').length >= Number(version));
    }
    const { output } = running;
    killGroup(running.pid);
    await running.exited;
    if (command === 'holdover') return output;
    running = this.start(command, words, port);
    expect(await isAnswered('2'), running.output).toMatchObject({ user: 'ada' });
    killGroup(running.pid);
    await running.exited;
    return output;
  }
}

/** The text of a package.json. */
export function toManifest(name: string, dependencies: object, more: object = {}): string {
  return JSON.stringify({ name, version: '1.0.0', type: 'module', dependencies, ...more });
}

/** The packed holdover, as package.json names it. */
export function toPacked(): string {
  const folder = process.env.HOLDOVER_PACKED as string;
  return `file:${join(folder, readdirSync(folder)[0] as string)}`;
}
