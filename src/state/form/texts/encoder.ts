import { FORM } from '../version.ts';
import type { Chunk, Container } from '../tapes/container.ts';
import { ValueEncoder } from './values.ts';
import type { OpenShape, Shape, Tape } from '../tapes/tape.ts';
import { isPlainPrimitive, OUT } from '../tapes/tape.ts';
import { cutText, ofText, primitiveText } from './texts.ts';

/** Gives the texts of parts. */
export class Encoder extends ValueEncoder {
  /** The text of the value of a binding. */
  value(tape: Tape): string {
    this.more = [];
    const value = this.within(tape, () => {
      const text = this.node();
      this.drain();
      return text;
    });
    return `{"form":${FORM},"value":${value}${this.#rest()}}`;
  }

  /** The text of a chunk that is a part of its own. */
  chunk(container: Container, chunk: Chunk): string {
    this.more = [];
    const name = container.form === 'fields' ? 'fields' : 'entries';
    return `{"form":${FORM},"${name}":${this.#members(container, chunk)}${this.#rest()}}`;
  }

  #rest(): string {
    return this.more.length > 0 ? `,"more":[${this.more.join(',')}]` : '';
  }

  #members({ form }: Container, { keys, tape }: Chunk): string {
    return this.within(tape, () => {
      if (form === 'fields') {
        const fields = this.fields(keys as string[]);
        this.drain();
        return fields.text;
      }
      const texts: string[] = [];
      for (const key of keys) {
        const text = this.#member(key, form === 'map');
        if (text !== undefined) texts.push(text);
        this.drain();
      }
      return `[${texts.join(',')}]`;
    });
  }

  #member(key: unknown, isEntry: boolean): string | undefined {
    const isPlain = isPlainPrimitive(key);
    if (isPlain && !isEntry) return primitiveText(key);
    if (this.tokens[this.at] === OUT) {
      this.at += isEntry ? 4 : 3;
      return undefined;
    }
    if (!isEntry) return this.node();
    const text = isPlain ? primitiveText(key) : this.node();
    return `[${text},${this.node()}]`;
  }

  protected override open(head: string, shape: Shape): string {
    return shape.kind === 'open' ? this.#open(head, shape as OpenShape) : this.#cut(head, shape);
  }

  #open(head: string, { name, own, privates, form }: OpenShape): string {
    const { text, passedOver } = this.fields(own.filter((key) => typeof key === 'string'));
    passedOver.push(...own.filter((key) => typeof key === 'symbol').map(() => 'symbol key'));
    const names = privates.flatMap((some) => some.names);
    const hidden = names.length > 0 ? this.fields(names) : undefined;
    if (hidden) passedOver.push(...hidden.passedOver);
    const contents = form && `{${this.#contents()}}`;
    return `${head}${ofText({ name, fields: text, privates: hidden?.text, contents, passedOver })}}`;
  }

  #cut(head: string, { prototype, name }: Shape): string {
    const container = this.tokens[this.at + 1] as Container;
    if (container.form !== 'fields') {
      const isPlain = container.form === 'array' && !container.isCut && head === '{';
      const text = this.#contents();
      return isPlain ? text.slice('"~Array":'.length) : `${head}${text}}`;
    }
    this.at += 2;
    const fields = container.isCut ? `{${cutText(container)}}` : this.#inline(container);
    return this.withFields(
      head,
      { kind: 'cut', keys: [], prototype, name },
      { text: fields, passedOver: container.chunks.flatMap(({ tape }) => tape.passedOver) },
    );
  }

  /** The members of a collection, or where they are. */
  #contents(): string {
    const container = this.tokens[this.at + 1] as Container;
    this.at += 2;
    const tag = { map: 'Map', set: 'Set', array: 'Array', fields: 'fields' }[container.form];
    return `"~${tag}":${container.isCut ? `{${cutText(container)}}` : this.#inline(container)}`;
  }

  #inline(container: Container): string {
    const [chunk] = container.chunks;
    return chunk ? this.#members(container, chunk) : '[]';
  }
}
