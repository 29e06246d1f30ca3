import { expect } from 'vitest';
import type { Browser } from '../support/browser.ts';
import { isAlive } from '../support/children.ts';
import { poll } from '../support/poll.ts';
import { Rig } from '../support/rig.ts';
import type { Tool } from '../support/tools.ts';

/** An app of the fixtures with logins, and the file of it that is edited. */
export interface LoginApp {
  fixture: string;
  entry: string;
  versionFile: string;
  packages?: string[];
  /** Whether it has to know its port before it listens. */
  needsPort?: boolean;
}

/** What such an app says of the person who asks, and of itself. */
export interface Me {
  user?: string;
  visits?: number;
  version: string;
  pid: number;
}

/** A person who works on an app: saves files, kills processes, and looks whether they are logged in. */
export class Story {
  readonly rig: Rig;
  readonly #versionFile: string;
  #version = 1;

  static async begin(tool: Tool, app: LoginApp, env: NodeJS.ProcessEnv = {}): Promise<Story> {
    const { entry, versionFile, ...setup } = app;
    const rig = await Rig.start({ ...setup, tool, env, words: [entry], hasStandby: true });
    const story = new Story(rig, versionFile);
    await story.answers();
    return story;
  }

  private constructor(rig: Rig, versionFile: string) {
    this.rig = rig;
    this.#versionFile = versionFile;
  }

  async login(user: string, browser = this.rig.browser): Promise<void> {
    // Again where a tool without held sockets restarts once more.
    const answer = await poll(() => browser.json('/login?user=' + user, { method: 'POST' }));
    expect(answer).toEqual({ user });
  }

  /** Saves a file that is right, and waits for an answer of the new code. */
  save(): Promise<Me> {
    this.#version += 1;
    const isCommonJs = this.#versionFile.endsWith('.cjs');
    const code = `${isCommonJs ? 'exports.' : 'export const '}version = '${this.#version}';\n`;
    return this.rig.saveUntil(this.#versionFile, code, () => this.answers());
  }

  /** Saves a file with a mistake, and waits until the app has ended. */
  async saveMistake(): Promise<void> {
    const { pid } = await this.answers();
    const printed = this.rig.output.length;
    await this.rig.saveUntil(this.#versionFile, 'const = mistake;\n', async () => {
      await poll(() => !isAlive(pid));
      await this.rig.running.printed(/SyntaxError|Transform ?failed|TransformError/i, printed);
    });
  }

  async killApp(): Promise<void> {
    await this.rig.kill((await this.answers()).pid);
  }

  async killEverythingAndStart(): Promise<Me> {
    await this.rig.killAll();
    this.rig.startAgain();
    return this.answers();
  }

  /** Waits for an answer of the code that was saved last. */
  answers(browser: Browser = this.rig.browser): Promise<Me> {
    return this.rig.answers<Me>({ version: String(this.#version) }, '/me', browser);
  }
}
