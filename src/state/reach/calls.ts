import { KEEP } from '../binding.ts';
import type { Found } from './syntax/top.ts';

/** An app may have a `Symbol` of its own at the top of a module. */
const RECEIVER = `globalThis[globalThis.Symbol.for(${JSON.stringify(KEEP.description)})]`;

/** By which a text is known that has been changed. */
const MARKS = ['module', 'call', 'privates'].map((method) => `${RECEIVER}?.${method}(`);

/** Whether a text shows something already: Node lets more than one hook of ours see a module. */
export function isShown(text: string): boolean {
  return MARKS.some((mark) => text.includes(mark));
}

/** Shows the bindings and classes of a module that has been evaluated. */
export function callModule(file: string, bindings: Found[], classes: string): string {
  return `${RECEIVER}?.module(${JSON.stringify(file)},${toAccessors(bindings)},${classes});`;
}

/** Shows what a function has declared. */
export function callFunction(file: string, name: string, bindings: Found[]): string {
  const words = [JSON.stringify(file), JSON.stringify(name), toAccessors(bindings)];
  return `;${RECEIVER}?.call(${words.join(',')});`;
}

/** Shows the private fields of a class from within it. */
export function callPrivates(names: string[]): string {
  const [first] = names;
  const read = names.map((name) => `o.${name}`).join(',');
  const write = names.map((name, index) => `case ${index}:o.${name}=v;break;`).join('');
  const words = [
    'this',
    JSON.stringify(names),
    `(o)=>${first} in o`,
    `(o)=>[${read}]`,
    `(o,i,v)=>{switch(i){${write}}}`,
  ];
  return `;static{${RECEIVER}?.privates(${words.join(',')})}`;
}

/** The classes that a parse has found. */
export function toClasses(names: string[]): string {
  return `{${names.map((name) => `${toKey(name)}:${name}`).join(',')}}`;
}

/** The classes that may be there. */
export function toGuardedClasses(names: string[]): string {
  const members = names.map(
    (name) => `${toKey(name)}:typeof ${name}==="undefined"?undefined:${name}`,
  );
  return `{${members.join(',')}}`;
}

/** Methods without a parameter: no name of theirs stands before one of the app. */
function toAccessors(bindings: Found[]): string {
  const members = bindings.map(({ name, target, isMutable }) => {
    const set = isMutable ? `,set(){${target}=arguments[0]}` : '';
    return `${toKey(name)}:{get(){return ${target}}${set}}`;
  });
  return `{${members.join(',')}}`;
}

function toKey(name: string): string {
  return name === '__proto__' ? `["${name}"]` : name;
}
