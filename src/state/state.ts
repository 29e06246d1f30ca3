import { readFileSync } from 'node:fs';
import type { KeptPlace } from '../options/keep.ts';
import { onEnd } from '../ends/ends.ts';
import { sayOnce, type Say } from '../session/display/say-once.ts';
import type { Accessors, Binding, KeepReceiver, ShownClasses } from './binding.ts';
import { FirstRequest } from './start-up.ts';
import type { Counts } from './graph/encode.ts';
import { Recorder } from './graph/record.ts';
import { toText } from './graph/text.ts';
import { stateRehydrated } from './told.ts';
import { Keeper, type Registered, type RegisterOptions } from './keeper.ts';
import { sayLeftOut, sayPassedOver, sayTooLarge } from './sentences.ts';
import { withoutForgotten } from './snapshots/forgotten.ts';
import { startPasses, type Passes } from './snapshots/passes.ts';
import type { Runs } from './snapshots/runs.ts';

/** The longest snapshot, in characters: a record of the session directory has 64 MB at most. */
const MOST = 60_000_000;

export interface StateOptions {
  /** The root of the project, absolute. */
  root: string;
  runs: Runs;
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
  readonly #say: Say;
  /** What was said to be left out of a binding, whatever its number is later. */
  readonly #told = new Set<string>();
  /** Whether a snapshot is to be written although nothing differs. */
  #isDue: boolean;
  #isEnding = false;

  /** @throws Error, in one sentence, when the session directory or its key cannot be used, or be read */
  constructor(options: StateOptions) {
    const { runs, isForgotten } = options;
    this.#say = sayOnce(options.say);
    this.#runs = runs;
    const previous = runs.previous();
    this.#isDue = isForgotten;
    const firstRequest = new FirstRequest(() => this.#keeper.atFirstRequest());
    this.#keeper = new Keeper({
      ...options,
      keep: options.keep.map(toKey),
      say: this.#say,
      left: isForgotten ? undefined : previous,
      textOf: readText,
      hasServer: () => firstRequest.hasServer(),
      isInTouch: () => firstRequest.isInTouch(),
      onPutBack: (_, leftOut) => stateRehydrated({ count: 1, leftOut }),
    });
    this.#recorder = new Recorder(this.#keeper.classes);
    this.#passes = startPasses({ pass: () => this.#pass(), runs });
    onEnd(() => {
      this.#isEnding = true;
      this.#passes.flush();
    });
  }

  module(file: string, bindings: Accessors, classes?: ShownClasses): void {
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

  /** @returns the characters that were written */
  *#pass(): Generator<void, number> {
    const all = this.#keeper.bindings(this.#isEnding);
    // Until the start is over, the stored state stays as it is, whatever ends the app.
    if (this.#keeper.isStarting && !this.#isDue) return 0;
    const isForgotten = this.#runs.isForgotten();
    const bindings = all.filter(({ key }) => !isForgotten(key));
    const recorded = yield* this.#recorder.pass(bindings);
    const isDue = this.#isDue || this.#runs.isPutOff;
    if (!recorded && !isDue) return 0;
    this.#isDue = false;
    const now = recorded ?? this.#recorder.last();
    this.#tell(now.leftOut, sayLeftOut);
    this.#tell(now.passedOver, sayPassedOver);
    const carried = withoutForgotten(this.#keeper.carried(), isForgotten);
    const { text, tooLarge } = yield* toText(now, carried, MOST);
    for (const [key, size] of tooLarge) this.#say(sayTooLarge(key, size, MOST));
    this.#runs.write(text);
    return text.length;
  }

  #tell(
    counts: Counts,
    toSentence: (key: string, name: string, count: number) => string | undefined,
  ): void {
    for (const [key, classes] of counts) {
      for (const [name, count] of classes) {
        const sentence = this.#told.has(`${key} ${name}`)
          ? undefined
          : toSentence(key, name, count);
        this.#told.add(`${key} ${name}`);
        if (sentence !== undefined) this.#say(sentence);
      }
    }
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
