import type { Socket } from 'node:net';
import { CrashPage } from './server.ts';
import type { Crash } from '../../asking/crash.ts';
import { describeCrash } from './describe.ts';
import { EDITORS, type ToEditorUrl } from './editors.ts';
import type { Exit } from '../exit.ts';
import type { HeldSockets } from '../sockets/held-sockets.ts';
import type { Run } from '../run.ts';

/** Who answers in place of the app on its stdout. */
interface Answering {
  fail: (run: Run, crash: Promise<Crash>) => Promise<void>;
}

interface AfterCrashOptions {
  sockets: HeldSockets;
  /** Of the project, a real path. */
  root: string;
  /** A name of `EDITORS`. */
  editor: string;
  stdio: Answering | undefined;
  /** The button of the page was pressed. */
  onTryAgain: () => void;
}

const DEFAULT_EDITOR = EDITORS.get('vscode') as ToEditorUrl;

/** Answers in place of an app that has ended: with what went wrong, until it listens again. */
export class AfterCrash {
  readonly #sockets: HeldSockets;
  readonly #root: string;
  readonly #page: CrashPage;
  readonly #stdio: Answering | undefined;
  #ended: Run | undefined;

  constructor({ sockets, root, editor, stdio, onTryAgain }: AfterCrashOptions) {
    this.#sockets = sockets;
    this.#stdio = stdio;
    this.#root = root;
    this.#page = new CrashPage({
      editor: EDITORS.get(editor) ?? DEFAULT_EDITOR,
      root,
      onTryAgain,
    });
  }

  /** Answers what waits and what comes, as soon as it is known where the error is. */
  async answer(run: Run, exit: Exit, loaded: string[]): Promise<void> {
    this.#ended = run;
    const { changed, error, keepsSessions } = run;
    const context = { root: this.#root, changed, keepsSessions, loaded };
    const described = describeCrash(error, exit, context);
    void this.#stdio?.fail(run, described);
    const crash = await described;
    run.recordEnd(crash);
    if (this.#ended !== run) return; // the next run has begun
    this.#page.show(crash);
    this.#sockets.answer((socket: Socket) => this.#page.accept(socket));
  }

  /** The next run has begun: what comes now waits for it. */
  wait(): void {
    this.#ended = undefined;
  }

  /** The app is back: pages that wait for it reload. */
  release(): void {
    void this.#page.release();
  }

  close(): void {
    this.#ended = undefined;
    this.#page.close();
  }
}
