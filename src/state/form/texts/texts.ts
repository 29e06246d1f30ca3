import { describeSymbol } from '../kinds/read.ts';
import type { Container } from '../tapes/container.ts';

/** Something that a binding reaches through fields only. */
interface Of {
  name: string | undefined;
  fields: string;
  privates?: string | undefined;
  contents?: string | undefined;
  passedOver: string[];
}

export function ofText({
  name,
  fields,
  privates = 'null',
  contents = 'null',
  passedOver,
}: Of): string {
  const names = JSON.stringify(passedOver);
  return `"~of":[${JSON.stringify(name ?? null)},${fields},${privates},${contents},${names}]`;
}

/** The numbers of the parts that have the members. */
export function cutText({ chunks }: Container): string {
  const numbers = chunks.map(({ tape }) => /\d+$/.exec(tape.part.name)?.[0]);
  return `"~cut":[${numbers.join(',')}]`;
}

/** Texts that JSON has as they are. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

export function headOf(key: string): string {
  return `${JSON.stringify(key.startsWith('~') ? `~${key}` : key)}:`;
}

export function primitiveText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return PLAIN_TEXT.test(value) ? `"${value}"` : JSON.stringify(value);
    case 'number': {
      const isPlain = Number.isFinite(value) && !Object.is(value, -0);
      return isPlain ? String(value) : `{"~number":"${Object.is(value, -0) ? '-0' : value}"}`;
    }
    case 'undefined':
      return '{"~undefined":0}';
    case 'bigint':
      return `{"~bigint":"${value}"}`;
    case 'symbol':
      return `{"~symbol":${JSON.stringify(describeSymbol(value))}}`;
    default:
      return String(value);
  }
}
