import type { Shape, Tape } from '../tapes/tape.ts';
import { DEEP, LATER, OUT, PASS, REF } from '../tapes/tape.ts';

import { headOf, ofText, primitiveText } from './texts.ts';

/** Gives the texts of tapes. It reads nothing of the data itself. */
export abstract class ValueEncoder {
  readonly #idOf: (object: object) => string | undefined;
  protected tokens: unknown[] = [];
  protected at = 0;
  /** How many definitions follow behind the entry. */
  protected pending = 0;
  protected more: string[] = [];

  constructor(idOf: (object: object) => string | undefined) {
    this.#idOf = idOf;
  }

  /** Reads another tape, and goes on with this one. */
  protected within<T>(tape: Tape, read: () => T): T {
    const before = [this.tokens, this.at, this.pending] as const;
    this.tokens = tape.tokens;
    this.at = 0;
    this.pending = 0;
    const result = read();
    [this.tokens, this.at, this.pending] = before;
    return result;
  }

  protected drain(): void {
    for (; this.pending > 0; this.pending--) this.more.push(this.node());
  }

  protected node(): string {
    const token = this.tokens[this.at++];
    if (typeof token === 'object' && token !== null) {
      return this.#object(token, this.tokens[this.at++] as Shape);
    }
    if (token === DEEP) return this.#deep();
    if (token === LATER) this.pending++;
    if (token === LATER || token === REF) {
      return `{"~ref":${JSON.stringify(this.#idOf(this.tokens[this.at++] as object))}}`;
    }
    return primitiveText(token);
  }

  #deep(): string {
    const pending = this.pending;
    this.pending = 0;
    const text = this.node();
    this.drain();
    this.pending = pending;
    return text;
  }

  #object(object: object, shape: Shape): string {
    const id = this.#idOf(object);
    const head = id === undefined ? '{' : `{"~id":${JSON.stringify(id)},`;
    switch (shape.kind) {
      case 'fields':
        return this.withFields(head, shape, this.fields(shape.keys, shape));
      case 'open':
      case 'cut':
        return this.open(head, shape);
      case 'array': {
        const text = this.#elements();
        return id === undefined ? text : `${head}"~Array":${text}}`;
      }
      case 'map':
        return `${head}"~Map":${this.#entries(true)}}`;
      case 'set':
        return `${head}"~Set":${this.#entries(false)}}`;
      case 'leaf':
        return `${head}"~${shape.name}":${JSON.stringify(this.tokens[this.at++])}}`;
      default:
        return `${head}${this.#others(shape)}}`;
    }
  }

  #others(shape: Shape): string {
    const name = JSON.stringify(shape.name);
    switch (shape.kind) {
      case 'bytes': {
        const bytes = this.tokens[this.at++] as Buffer;
        return `"~bytes":[${name},"${bytes.toString('base64')}"]`;
      }
      case 'view': {
        const offset = String(this.tokens[this.at++]);
        const length = String(this.tokens[this.at++]);
        return `"~view":[${name},${offset},${length},${this.node()}]`;
      }
      case 'boxed':
        return `"~boxed":${this.node()}`;
      case 'sparse': {
        const length = String(this.tokens[this.at++]);
        return `"~sparse":[${length},${this.fields(shape.keys).text}]`;
      }
      default: {
        const unseen = this.fields(shape.keys.slice(0, shape.hidden)).text;
        return `"~Error":[${name},${unseen},${this.fields(shape.keys.slice(shape.hidden)).text}]`;
      }
    }
  }

  #elements(): string {
    const texts: string[] = [];
    for (let left = this.tokens[this.at++] as number; left > 0; left--) texts.push(this.node());
    return `[${texts.join(',')}]`;
  }

  #entries(isEntry: boolean): string {
    const texts: string[] = [];
    for (let left = this.tokens[this.at++] as number; left > 0; left--) {
      if (this.tokens[this.at] === OUT) this.at += isEntry ? 4 : 3;
      else texts.push(isEntry ? `[${this.node()},${this.node()}]` : this.node());
    }
    return `[${texts.join(',')}]`;
  }

  protected fields(keys: string[], shape?: Shape): Fields {
    const heads = shape ? (shape.heads ??= keys.map(headOf)) : keys.map(headOf);
    const passedOver: string[] = [];
    let text = '{';
    for (let i = 0; i < heads.length; i++) {
      const token = this.tokens[this.at];
      if (token === PASS) {
        this.at += 3;
        passedOver.push(keys[i] as string);
      } else {
        text += (text === '{' ? '' : ',') + (heads[i] as string) + this.node();
      }
    }
    return { text: `${text}}`, passedOver };
  }

  protected withFields(
    head: string,
    { prototype, name }: Shape,
    { text, passedOver }: Fields,
  ): string {
    if (name !== undefined || passedOver.length > 0) {
      return `${head}${ofText({ name, fields: text, passedOver })}}`;
    }
    if (prototype === null) return `${head}"~null":${text}}`;
    return text === '{}' && head !== '{' ? `${head.slice(0, -1)}}` : head + text.slice(1);
  }

  /** What is reached through fields only, other than simple fields. */
  protected abstract open(head: string, shape: Shape): string;
}

export interface Fields {
  text: string;
  /** Names of those that are not in it. */
  passedOver: string[];
}
