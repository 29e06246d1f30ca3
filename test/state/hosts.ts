import type { Accessors } from '../../src/state/binding.ts';
import { Keeper, type KeeperOptions } from '../../src/state/keeper.ts';
import { Recorder, type Recorded } from '../../src/state/graph/record.ts';
import { checkLeft, toText } from '../../src/state/graph/text.ts';

/** What a module of the app shows when it has been evaluated. */
export interface Evaluated {
  bindings?: Accessors;
  classes?: Record<string, unknown>;
}

interface AppOptions {
  keep?: string[];
  texts?: Record<string, string>;
  hasServer?: () => boolean;
  isInTouch?: () => boolean;
  startup?: number;
}

/** An app in this process, whose modules are functions that are called. */
export class App {
  readonly said: string[] = [];
  readonly keeper: Keeper;
  readonly options: AppOptions;

  constructor(options: AppOptions = {}, before: Partial<KeeperOptions> = {}) {
    this.options = options;
    this.keeper = new Keeper({
      root: '/app',
      keep: options.keep ?? ['storage.ts'],
      say: (sentence) => void this.said.push(sentence),
      hasServer: options.hasServer ?? (() => true),
      isInTouch: options.isInTouch ?? (() => true),
      textOf: (file) => this.options.texts?.[file],
      startup: options.startup ?? 60_000,
      ...before,
    });
  }

  /** Evaluates a module. */
  load<T extends Evaluated>(evaluate: (keeper: Keeper) => T, file = 'storage.ts'): T {
    const module = evaluate(this.keeper);
    const classes = Object.entries(module.classes ?? {}).map(([name, of]) => [name, () => of]);
    this.keeper.module(
      `/app/${file}`,
      module.bindings ?? {},
      Object.fromEntries(classes) as Record<string, () => unknown>,
    );
    return module;
  }

  /** Ends it, and starts it again: nothing is left but a text. */
  restart(options: AppOptions = this.options): App {
    const text = this.text(true);
    return new App(options, { left: checkLeft(JSON.parse(text)) });
  }

  /** The text of a snapshot that is taken now. */
  text(isEnd = false): string {
    return finish(toText(this.record(isEnd), this.keeper.carried(), 64e6)).text;
  }

  /** What is read of the bindings now. */
  record(isEnd = false): Recorded {
    const bindings = this.keeper.bindings(isEnd);
    return finish(new Recorder(this.keeper.classes).pass(bindings)) as Recorded;
  }

  /** The keys that the next run finds. */
  keys(isEnd = false): string[] {
    const own = Object.keys(this.record(isEnd).graph.roots);
    return [...own, ...this.carried()];
  }

  /** The keys of what is left of former runs. */
  carried(): string[] {
    return this.keeper.carried().graphs.flatMap(({ roots }) => Object.keys(roots));
  }
}

function finish<T>(work: Generator<void, T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

export type Host = (app: App) => App;

/** A restart of the process, and Vite, which evaluates a module anew in the same process. */
export const HOSTS: [name: string, next: Host][] = [
  ['a restart', (app) => app.restart()],
  [
    'Vite',
    (app) => {
      app.keeper.atFirstRequest();
      return app;
    },
  ],
];

export function getter<T>(value: T): { get: () => T } {
  return { get: () => value };
}
