import { KEEP } from '../binding.ts';
import {
  findDeclared,
  findFunctions,
  findPrivateClasses,
  hasReturn,
  type NamedFunction,
} from './functions.ts';
import { parseModule } from './parse.ts';
import { Top, type Edit, type Variable } from './top.ts';

/** What is kept of a file. */
export interface Kept {
  /** Whether all at its top that holds data is. */
  all: boolean;
  /** Single variables at the top; `default` is the default export. */
  names: string[];
  /** What functions declare. */
  inFunctions: { inFunction: string; name: string }[];
}

/** A module as it is about to be evaluated. */
export interface Evaluated {
  text: string;
  isModule: boolean;
  /** Absolute, as the receiver shall see it. */
  file: string;
}

/** An app may have a `Symbol` of its own at the top of a module. */
const RECEIVER = `globalThis[globalThis.Symbol.for(${JSON.stringify(KEEP.description)})]`;

/** By which a text is known that has been changed: Node lets more than one hook of ours see a module. */
const MARK = `${RECEIVER}?.module(`;

/**
 * Has a kept module show its variables and classes to the receiver of `../binding.ts`: with a line at its end, one
 * statement in each class that has private fields, and one in each function that is named. What the module does
 * stays the same. The columns of stack lines do, too, but for code that stands in the same line behind such a class
 * or function and has no source map in the text.
 *
 * @param say hears what cannot be shown, without the name of the file
 * @throws SyntaxError for a text that Node would refuse, and for syntax that acorn does not know
 */
export function addTail(module: Evaluated, kept: Kept, say: (what: string) => void): string {
  const { text, file, isModule } = module;
  if (text.includes(MARK)) return text;
  const syntax = parseModule(text, isModule);
  if (!syntax) {
    say(
      'is not kept: this tsx wraps CommonJS in a way that holdover does not know. Use ES modules there, or another version of tsx.',
    );
    return text;
  }
  const top = new Top(syntax, text, file);
  const functions = findFunctions(syntax, top.generated);
  const edits: Edit[] = [...top.edits];
  for (const name of new Set(kept.inFunctions.map(({ inFunction }) => inFunction))) {
    const wanted = kept.inFunctions.filter(({ inFunction }) => inFunction === name);
    const names = wanted.map((one) => one.name);
    edits.push(...showFunction({ file, functions, name, names, say }));
  }
  for (const { fields, end } of findPrivateClasses(syntax))
    edits.push({ at: end, text: showPrivates(fields) });
  if (!syntax.isModule && hasReturn(syntax.body))
    say('returns at its top. What is kept of it is lost when it does.');
  const variables = [...top.variables.values()].filter(
    ({ name, isCode }) => !isCode || kept.names.includes(name),
  );
  for (const name of kept.all ? [] : kept.names) {
    const found = top.variables.get(top.exported.get(name) ?? '');
    if (found && !top.variables.has(name)) variables.push({ ...found, name });
  }
  const words = [JSON.stringify(file), toAccessors(variables), toClasses(top.classes)];
  const isOwnLine = syntax.end < text.length && text[syntax.end - 1] === '\n';
  const tail = `${isOwnLine ? '' : '\n'};${top.restated}${MARK}${words.join(',')});`;
  edits.push({ at: syntax.end, text: syntax.end < text.length ? `${tail}\n` : tail });
  return applyEdits(text, edits);
}

interface Showing {
  file: string;
  functions: NamedFunction[];
  name: string;
  /** Of what it declares. */
  names: string[];
  say: (what: string) => void;
}

/** Has a function show what it declares, right behind that. */
function showFunction({ file, functions, name, names, say }: Showing): Edit[] {
  const all = functions.filter((one) => one.name === name);
  const outermost = Math.min(...all.map(({ depth }) => depth));
  const [found, other] = all.filter(({ depth }) => depth === outermost);
  if (!found) say(`has no function "${name}". ${toThereIs(functions)}`);
  if (other) say(`has two functions "${name}". Give one of them another name.`);
  if (!found || other) return [];
  const declared = findDeclared(found);
  for (const one of names)
    if (!declared.some((variable) => variable.name === one))
      say(`has no binding "${one}" in ${name}. ${toThereIs(declared)}`);
  const kept = declared.filter((variable) => names.includes(variable.name));
  return [...new Set(kept.map(({ end }) => end))].map((end) => {
    const here = kept.filter((variable) => variable.end === end);
    const words = [JSON.stringify(file), JSON.stringify(name), toAccessors(here)];
    return { at: end, text: `;${RECEIVER}?.call(${words.join(',')});` };
  });
}

/** Shows the private fields of a class from within it. */
function showPrivates(names: string[]): string {
  const read = names.map((name) => `o.${name}`).join(',');
  const write = names.map((name, index) => `case ${index}:o.${name}=v;break;`).join('');
  const words = [
    'this',
    JSON.stringify(names),
    `(o)=>${names[0]} in o`,
    `(o)=>[${read}]`,
    `(o,i,v)=>{switch(i){${write}}}`,
  ];
  return `;static{${RECEIVER}?.privates(${words.join(',')})}`;
}

/** Methods without a parameter: no name of theirs stands before one of the app. */
function toAccessors(variables: Variable[]): string {
  const members = variables.map(({ name, target, isMutable }) => {
    const set = isMutable ? `,set(){${target}=arguments[0]}` : '';
    return `${toKey(name)}:{get(){return ${target}}${set}}`;
  });
  return `{${members.join(',')}}`;
}

/** Functions, as what an import stands for may not be there yet. */
function toClasses(classes: Map<string, string>): string {
  const members = [...classes].map(([name, target]) => `${toKey(name)}:()=>${target}`);
  return `{${members.join(',')}}`;
}

function toKey(name: string): string {
  return `[${JSON.stringify(name)}]`;
}

/** How many names a sentence has. */
const MOST = 8;

/** `There is: users, rooms.` */
export function toThereIs(all: { name: string }[]): string {
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0) return 'There is none.';
  const more = names.length > MOST ? ', …' : '';
  return `There is: ${names.slice(0, MOST).join(', ')}${more}.`;
}

const MAP_URL = /\/\/[#@] sourceMappingURL=data:application\/json[^,\n]*;base64,([\w+/=]+)/g;

/** Makes edits, and has the source map in the text show where everything is now. */
function applyEdits(text: string, edits: Edit[]): string {
  let changed = '';
  let from = 0;
  for (const edit of [...edits, ...moveMap(text, edits)].toSorted((a, b) => a.at - b.at)) {
    changed += text.slice(from, edit.at) + edit.text;
    from = edit.end ?? edit.at;
  }
  return changed + text.slice(from);
}

/** What is replaced in the map for a text in whose lines something is added. One that cannot be read stays. */
function moveMap(text: string, edits: Edit[]): Edit[] {
  // What is replaced is as long as before.
  const moving = edits.filter(({ end, text: added }) => end === undefined && !added.includes('\n'));
  const found = moving.length === 0 ? undefined : [...text.matchAll(MAP_URL)].at(-1);
  const base64 = found?.[1];
  if (!found || base64 === undefined) return [];
  try {
    const map = JSON.parse(Buffer.from(base64, 'base64').toString()) as { mappings: string };
    const lines = map.mappings.split(';');
    for (const { at, text: added } of moving.toSorted((a, b) => b.at - a.at)) {
      const start = text.lastIndexOf('\n', at - 1) + 1;
      const line = text.slice(0, start).split('\n').length - 1;
      lines[line] = moveColumns(lines[line] ?? '', at - start, added.length);
    }
    const moved = JSON.stringify({ ...map, mappings: lines.join(';') });
    const end = found.index + found[0].length;
    return [{ at: end - base64.length, end, text: Buffer.from(moved).toString('base64') }];
  } catch {
    return [];
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Moves what stands from a column on in a line of a source map. Each segment begins with its distance from the one
 * before it, in digits of base 64 with five bits of the number each, the lowest first; the sixth bit says that more
 * digits follow, and the lowest bit of the number is its sign. So only one distance becomes another.
 */
function moveColumns(line: string, column: number, by: number): string {
  let at = 0;
  let isMoved = false;
  const segments = line.split(',').map((segment) => {
    if (segment === '' || isMoved) return segment;
    let distance = 0;
    let count = 0;
    let digit: number;
    do {
      digit = DIGITS.indexOf(segment[count] as string);
      distance += (digit & 31) * 32 ** count++;
    } while (digit & 32);
    at += distance / 2; // columns never go back in a line
    if (at < column) return segment;
    isMoved = true;
    let moved = '';
    for (let left = distance + by * 2; moved === '' || left > 0; left = Math.floor(left / 32))
      moved += DIGITS[(left % 32) + (left >= 32 ? 32 : 0)];
    return moved + segment.slice(count);
  });
  return segments.join(',');
}
