import { callFunction, callModule, callPrivates, toClasses } from './calls.ts';
import { behindTypes, findInlineMap, isCodeBehind, type Edit } from './edits.ts';
import type { Kept } from './kept.ts';
import { findTop } from './syntax/bindings.ts';
import { findDeclared, findFunctions, type NamedFunction } from './syntax/functions.ts';
import { hasReturn, type Format, type Syntax } from './syntax/parse.ts';
import { findPrivateClasses } from './syntax/private-fields.ts';
import type { Found, Top } from './syntax/top.ts';

/** A module as it is about to be evaluated. */
export interface Evaluated {
  text: string;
  format: Format;
  /** Absolute, as the receiver shall see it. */
  file: string;
  /** As a person names it. */
  path: string;
  /** The text without types, where it has some: with blanks in their place. @default `text` */
  parsed?: string | undefined;
}

/** How the text of one kept module is changed. */
export class Showing {
  readonly edits: Edit[] = [];
  /** For the person at the terminal, each of one or two sentences. */
  readonly sentences: string[] = [];
  readonly #module: Evaluated;
  readonly #parsed: string;
  readonly #syntax: Syntax;
  readonly #top: Top;
  readonly #functions: NamedFunction[];
  readonly #hasMap: boolean;

  constructor(module: Evaluated, syntax: Syntax) {
    this.#module = module;
    this.#parsed = module.parsed ?? module.text;
    this.#syntax = syntax;
    this.#top = findTop(syntax, this.#parsed);
    this.#functions = findFunctions(syntax, this.#top.generated);
    this.#hasMap = findInlineMap(module.text) !== undefined;
  }

  show({ all, names, inFunctions }: Kept): void {
    const chosen = new Map<string, Found>();
    if (all) for (const found of this.#allState()) chosen.set(found.target, found);
    for (const name of names) {
      const found = this.#find(name);
      if (found && !chosen.has(found.target)) chosen.set(found.target, found);
    }
    const functions = new Set(inFunctions.map(({ inFunction }) => inFunction));
    for (const name of functions) {
      const wanted = inFunctions.filter(({ inFunction }) => inFunction === name);
      this.#showFunction(name, new Set(wanted.map((one) => one.name)));
    }
    if (chosen.size === 0 && this.edits.length === 0) return;
    this.#showPrivateFields();
    this.#showTop([...chosen.values()]);
  }

  #allState(): Found[] {
    const state = [...this.#top.bindings.values()].filter(({ isState }) => isState);
    if (state.length === 0) this.#say('has nothing at its top that could be kept.');
    return state;
  }

  #find(name: string): Found | undefined {
    const { bindings, exported, functions } = this.#top;
    const found = bindings.get(name) ?? bindings.get(exported.get(name) ?? '');
    if (found) return { ...found, name };
    if (functions.has(name) || this.#functions.some((one) => one.name === name)) {
      this.#say(`has a function ${name}. Write #${name}/<name> to keep what it declares.`);
    } else {
      const state = [...bindings.values()].filter(({ isState }) => isState);
      this.#say(`has no binding "${name}" at its top. ${toThereIs(state)}`);
    }
    return undefined;
  }

  /** Has a function show what it declares, right behind that. */
  #showFunction(name: string, wanted: Set<string>): void {
    const all = this.#functions.filter((one) => one.name === name);
    const outermost = Math.min(...all.map(({ depth }) => depth));
    const [found, other] = all.filter(({ depth }) => depth === outermost);
    if (!found) return this.#say(`has no function "${name}". ${toThereIs(this.#functions)}`);
    if (other) return this.#say(`has two functions "${name}". Give one of them another name.`);
    const declared = findDeclared(found);
    for (const one of wanted) {
      if (declared.some((binding) => binding.name === one)) continue;
      this.#say(`has no binding "${one}" in ${name}. ${toThereIs(declared)}`);
    }
    const kept = declared.filter((binding) => wanted.has(binding.name));
    for (const end of new Set(kept.map((binding) => binding.end))) {
      const here = kept.filter((binding) => binding.end === end);
      const call = callFunction(this.#module.file, name, here);
      if (this.#insert([end], call)) continue;
      const names = here.map((binding) => binding.name).join(', ');
      this.#say(
        `cannot show ${names} of ${name}: there is code behind it in its line. Put that on a line of its own.`,
      );
    }
  }

  #showPrivateFields(): void {
    for (const { name, fields, places } of findPrivateClasses(this.#syntax)) {
      if (this.#insert(places, callPrivates(fields))) continue;
      this.#say(
        `cannot show the private fields of ${name}: there is code behind it in its last line. Put that on a line of its own.`,
      );
    }
  }

  #showTop(bindings: Found[]): void {
    const { text, file } = this.#module;
    const { innerEnd, body, isModule } = this.#syntax;
    const { unnamed, classes } = this.#top;
    let start = ';';
    if (unnamed && bindings.some(({ target }) => target === unnamed.name)) {
      this.edits.push(...unnamed.edits);
      start += `export{${unnamed.name} as default};`;
    }
    if (!isModule && hasReturn(body)) {
      this.#say('returns at its top. What is kept of it is lost when it does.');
    }
    const call = start + callModule(file, bindings, toClasses(classes));
    if (innerEnd === undefined) this.edits.push({ at: text.length, text: `\n${call}` });
    else {
      const isOwnLine = text[innerEnd - 1] === '\n';
      this.edits.push({ at: innerEnd, text: `${isOwnLine ? '' : '\n'}${call}\n` });
    }
  }

  /** Adds something at the last place that moves no code, or at the last one where a map tells of it. */
  #insert(places: number[], text: string): boolean {
    const at =
      places.findLast((place) => !isCodeBehind(this.#parsed, place)) ??
      (this.#hasMap ? places.at(-1) : undefined);
    if (at === undefined) return false;
    this.edits.push({ at: behindTypes(this.#module.text, this.#parsed, at), text });
    return true;
  }

  #say(what: string): void {
    this.sentences.push(`${this.#module.path} ${what}`);
  }
}

/** How many names a sentence has. */
const MOST = 8;

function toThereIs(all: { name: string }[]): string {
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0) return 'There is none.';
  const more = names.length > MOST ? ', …' : '';
  return `There is: ${names.slice(0, MOST).join(', ')}${more}.`;
}
