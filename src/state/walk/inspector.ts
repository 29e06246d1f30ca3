import { Session } from 'node:inspector';

/** A function, and the variables that it sees. */
export interface Closure {
  /** The script in which it stands. */
  script: string;
  /** Where its parameters begin, from 0. */
  line: number;
  column: number;
  /** The variables around it, from the inside out, without globals. */
  scopes: Record<string, unknown>[];
}

/** What is used of a remote object, https://chromedevtools.github.io/devtools-protocol/v8/Runtime/ */
interface Remote {
  objectId?: string;
  value?: unknown;
}
interface Named {
  name: string;
  value?: Remote;
}
interface Properties {
  internalProperties?: Named[];
  privateProperties?: Named[];
}
interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}
/** `[[Scopes]]`, as JavaScript gets it. */
type Scopes = ArrayLike<{ description: string; object: Record<string, unknown> }>;

/** Where values are handed over: the inspector reaches this process by its globals only. */
const EXCHANGE = Symbol.for('holdover.walk.1');
const ON_EXCHANGE = `globalThis[Symbol.for('holdover.walk.1')]`;
const GROUP = 'holdover';

/**
 * What the inspector of V8 tells of this process that JavaScript does not: all functions that there are,
 * the variables around them, and private fields. No port is opened, and no code of the app runs.
 *
 * `Runtime.queryObjects`, `[[Scopes]]` and `privateProperties` are marked as experimental in the protocol;
 * the same on Node 20 to 24, pinned by `test/state/walk.process.test.ts`.
 */
export class Inspector {
  /** The URLs or paths of all scripts, by their ids. */
  readonly scripts = new Map<string, string>();
  readonly #session = new Session();
  readonly #exchange: { given?: unknown; taken?: unknown } = {};
  readonly #exchangeId: string;

  private constructor() {
    this.#session.connect();
    Object.defineProperty(globalThis, EXCHANGE, { value: this.#exchange, configurable: true });
    this.#session.on('Debugger.scriptParsed', ({ params }) =>
      this.scripts.set(params.scriptId, params.url),
    );
    this.#post('Debugger.enable', {});
    this.#exchangeId = this.#evaluate(ON_EXCHANGE);
  }

  /** Hands over an inspector for as long as the call takes; nothing of it stays. */
  static use<T>(look: (inspector: Inspector) => T): T {
    const inspector = new Inspector();
    try {
      return look(inspector);
    } finally {
      inspector.#close();
    }
  }

  #close(): void {
    this.#session.disconnect();
    Reflect.deleteProperty(globalThis, EXCHANGE);
  }

  /** All functions and classes that are in use. */
  functions(): ((...args: never[]) => unknown)[] {
    const prototypeObjectId = this.#evaluate('Function.prototype');
    const { objects } = this.#post<{ objects: Remote }>('Runtime.queryObjects', {
      prototypeObjectId,
      objectGroup: GROUP,
    });
    const all = this.#take(objects) as unknown[];
    return all.filter((one) => typeof one === 'function') as never;
  }

  /** The text of a script, as it was given to V8. */
  source(script: string): string {
    const params = { scriptId: script };
    return this.#post<{ scriptSource: string }>('Debugger.getScriptSource', params).scriptSource;
  }

  /** @returns `undefined` for a function of Node or V8, and a bound one */
  closure(of: (...args: never[]) => unknown): Closure | undefined {
    const { internalProperties = [] } = this.#properties(of);
    const find = (name: string): Remote | undefined =>
      internalProperties.find((one) => one.name === name)?.value;
    const [location, scopes] = [find('[[FunctionLocation]]'), find('[[Scopes]]')];
    if (!location || !scopes) return undefined;
    const { scriptId, lineNumber, columnNumber } = location.value as Location;
    const around = Array.from(this.#take(scopes) as Scopes)
      .filter(({ description }) => !/^(Global|Script)/.test(description))
      .map(({ object }) => object);
    return { script: scriptId, line: lineNumber, column: columnNumber, scopes: around };
  }

  /** The private fields of an object with their values, by names with `#`; methods are left out. */
  privates(of: object): [name: string, value: unknown][] {
    const { privateProperties = [] } = this.#properties(of);
    return privateProperties.flatMap(({ name, value }): [string, unknown][] =>
      value ? [[name, value.objectId === undefined ? value.value : this.#take(value)]] : [],
    );
  }

  #properties(of: unknown): Properties {
    this.#exchange.given = of;
    const { result } = this.#post<{ result: Remote }>('Runtime.callFunctionOn', {
      objectId: this.#exchangeId,
      functionDeclaration: 'function () { return this.given; }',
      objectGroup: GROUP,
    });
    const { objectId } = result;
    return this.#post('Runtime.getProperties', { objectId, ownProperties: true });
  }

  /** The value itself. */
  #take({ objectId }: Remote): unknown {
    const functionDeclaration = `function () { ${ON_EXCHANGE}.taken = this; }`;
    this.#post('Runtime.callFunctionOn', { objectId, functionDeclaration });
    return this.#exchange.taken;
  }

  #evaluate(expression: string): string {
    const params = { expression, objectGroup: GROUP };
    return this.#post<{ result: { objectId: string } }>('Runtime.evaluate', params).result.objectId;
  }

  /** In a session with its own thread the answer is there at once. */
  #post<T>(method: string, params: object): T {
    let answer: T | undefined;
    let failure: Error | null = null;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result as T;
    });
    if (failure) throw new Error(`The inspector refused ${method}.`, { cause: failure });
    return answer as T;
  }
}
