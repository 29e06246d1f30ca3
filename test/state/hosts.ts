import type { Accessors } from '../../src/state/binding.ts';
import { parseParts } from '../../src/state/form/parse.ts';
import { Recorder } from '../../src/state/form/recorder.ts';
import { revive } from '../../src/state/form/revive.ts';
import { Keeper } from '../../src/state/keeper.ts';
import type { KeeperOptions } from '../../src/state/kept/keeper-options.ts';

/** What a module tells of itself, and what it exports. */
export interface Evaluated {
  bindings?: Accessors;
  classes?: Record<string, unknown>;
}

export interface AppOptions {
  keep?: string[];
  /** Of the modules, by their files. */
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
    this.keeper.module(`/app/${file}`, module.bindings ?? {}, module.classes);
    return module;
  }

  /** Ends it, and starts it again: nothing is left but texts. */
  restart(options: AppOptions = this.options): App {
    const { keeper } = this;
    const previous = new Map(this.snapshot(true));
    const facts = JSON.parse(JSON.stringify(keeper.facts())) as Record<string, unknown>;
    return new App(options, {
      previous,
      facts,
      revive: (classes) => revive(parseParts(previous), classes),
    });
  }

  /** The texts of a snapshot that is taken now. */
  snapshot(isEnd = false): Map<string, string> {
    const { keeper } = this;
    const bindings = keeper.bindings(isEnd);
    const recorder = new Recorder(keeper.classes);
    for (const [object, id] of keeper.takeIds()) recorder.identify(object, id);
    const pass = recorder.pass(bindings);
    let step = pass.next();
    while (!step.done) step = pass.next();
    return new Map([...keeper.carried(), ...step.value.put]);
  }
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
