import { readFileSync } from 'node:fs';
import type { KeptPlace } from '../options/keep.ts';
import { sayOnce, type Say } from '../session/display/say-once.ts';
import type { Accessors, Binding, KeepReceiver } from './binding.ts';
import { LeftOut } from './kept/left-out.ts';
import { parseParts, type ParsedAhead } from './form/parse.ts';
import { Recorder, type Changes } from './form/recorder.ts';
import { revive } from './form/revive.ts';
import { stateRehydrated } from './held-over.ts';
import { Keeper } from './keeper.ts';
import type { Registered, RegisterOptions } from './kept/registration.ts';
import { FirstRequest } from './rehydrate/first-request.ts';
import { onEnd } from '../ends/ends.ts';
import { startPasses, type Passes } from './snapshots/passes.ts';
import type { Runs } from './snapshots/runs.ts';

export interface StateOptions {
  /** The root of the project, absolute. */
  root: string;
  runs: Runs;
  /** Of the last run, what was read and parsed before this one has begun. */
  ahead: ParsedAhead;
  keep: KeptPlace[];
  /** Whether this run begins with what the code makes, and what was kept is removed. */
  isForgotten: boolean;
  say: Say;
}

/**
 * What is kept of the memory of this process, from the first module on that has something to keep: that is
 * filled with what the last run has left, and stored as it changes.
 */
export class State implements KeepReceiver {
  readonly #keeper: Keeper;
  readonly #runs: Runs;
  readonly #recorder: Recorder;
  readonly #passes: Passes;
  readonly #leftOut: LeftOut;
  readonly #firstRequest: FirstRequest;
  /** The parts of the last run that are still as it has left them. */
  readonly #inherited: Map<string, string>;
  #isEnding = false;

  /** @throws Error, in one sentence, when the session directory or its key cannot be used, or be read */
  constructor(options: StateOptions) {
    const say = sayOnce(options.say);
    this.#leftOut = new LeftOut(say);
    this.#runs = options.runs;
    const { parts: previous, facts } = this.#runs.previous() ?? { parts: new Map(), facts: {} };
    this.#inherited = previous; // which lets go of each of them in time
    if (options.isForgotten) {
      this.#runs.commit({ put: new Map(), drop: [...previous.keys()] }, {});
      previous.clear();
    }
    this.#firstRequest = new FirstRequest(() => this.#keeper.atFirstRequest());
    this.#keeper = new Keeper({
      ...options,
      keep: options.keep.map(toKey),
      say,
      previous,
      facts: options.isForgotten ? {} : facts,
      revive: (classes) => {
        const parsed = parseParts(previous, options.ahead);
        const revived = revive(parsed, classes);
        for (const { part, reason } of revived.faults)
          say(`A part of the state of ${part} was not put back: ${reason}`);
        return revived;
      },
      textOf: readText,
      hasServer: () => this.#firstRequest.hasServer(),
      isInTouch: () => this.#firstRequest.isInTouch(),
      onPutBack: () => stateRehydrated(1),
    });
    this.#recorder = new Recorder(this.#keeper.classes);
    this.#passes = startPasses({
      pass: () => this.#pass(),
      facts: () => this.#keeper.facts(),
      runs: this.#runs,
    });
    onEnd(() => {
      this.#isEnding = true;
      this.#passes.flush();
    });
  }

  module(file: string, bindings: Accessors, classes?: Record<string, unknown>): void {
    this.#keeper.module(file, bindings, classes);
  }

  privates(...shown: Parameters<KeepReceiver['privates']>): void {
    this.#keeper.privates(...shown);
  }

  call(file: string, functionName: string, bindings: Accessors): void {
    this.#keeper.call(file, functionName, bindings);
  }

  /** Keeps a binding that the code itself names, and puts back what is left of it. */
  register(binding: Binding, options: RegisterOptions): Registered {
    return this.#keeper.register(binding, options);
  }

  /** Keeps these places, too. */
  keepAlso(places: KeptPlace[]): void {
    this.#keeper.keepAlso(places.map(toKey));
  }

  *#pass(): Generator<void, Changes> {
    const bindings = this.#keeper.bindings(this.#isEnding);
    for (const [object, id] of this.#keeper.takeIds()) this.#recorder.identify(object, id);
    const changes = yield* this.#recorder.pass(bindings);
    this.#leftOut.tell(changes.leftOut, changes.passedOver);
    const carried = this.#keeper.carried();
    for (const name of this.#inherited.keys()) {
      if (carried.has(name)) continue;
      this.#inherited.delete(name);
      if (!changes.put.has(name)) changes.drop.push(name);
    }
    return changes;
  }
}

/** As the key of a binding. */
function toKey({ file, name, inFunction }: KeptPlace): string {
  if (name === undefined) return file;
  return inFunction === undefined ? `${file}#${name}` : `${file}#${inFunction}/${name}`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
