import type { AnyNode } from 'acorn';
import { readDeclaration, type Exported } from './declared.ts';
import {
  childrenOf,
  isFunction,
  isWrapperOf,
  namesOf,
  parseText,
  type FunctionNode,
} from './syntax.ts';

/** Where a variable was declared. */
export type Origin =
  /** At the top of its file, or in a function with a name: `keep` can name it. */
  | { is: 'own'; name: string }
  /** In another file. */
  | { is: 'imported'; from: string; name: string }
  /** Where `keep` cannot name it. */
  | { is: 'hidden'; name: string };

/** A function, or the whole of a file. */
interface Site {
  start: number;
  end: number;
  name: string | undefined;
  outer: Site | undefined;
  /** In how many functions it is. */
  depth: number;
  /** What is declared in it, but not in functions within it. */
  names: Set<string>;
  /** Those of them that stand in its first block. */
  direct: Set<string>;
}

/** How compilers, and `keep`, call a default export that has no name. */
const GENERATED = /_default$|^_k\w+_$/;

/** What is known of the text of a script. */
export class Source {
  /** The texts of all functions, methods and classes, as `toString` tells them. */
  readonly texts = new Set<string>();
  /** Files of which it exports all. */
  readonly reexported: string[] = [];
  readonly #text: string;
  readonly #top: Site;
  readonly #sites: Site[] = [];
  readonly #imports = new Map<string, { from: string; name: string }>();
  /** By the names under which others import them. */
  readonly #exports = new Map<string, Exported>();

  /** @throws SyntaxError for what acorn cannot read */
  constructor(text: string) {
    this.#text = text;
    const program = parseText(text);
    this.#top = this.#addSite(program, undefined, undefined);
    this.#visit(program, this.#top, undefined);
  }

  /**
   * Where a variable was declared that a function sees.
   *
   * @param nth which of several that have this name and are seen from there: 0 is the innermost
   * @returns `undefined` where that cannot be told
   */
  origin(
    line: number,
    column: number,
    isClass: boolean,
    name: string,
    nth = 0,
  ): Origin | undefined {
    const offset = this.#toOffset(line, column);
    const inside = this.#sites.filter((site) => site.start <= offset && offset < site.end);
    const innermost = inside.reduce((a, b) => (b.start >= a.start && b.end <= a.end ? b : a));
    let left = nth;
    // What a function declares itself is not around it.
    for (
      let site: Site | undefined = isClass ? innermost : innermost.outer;
      site;
      site = site.outer
    )
      if (site.names.has(name) && left-- === 0) return this.#toOrigin(site, name);
    return undefined;
  }

  /** What others import under a name. */
  exported(name: string): Exported | undefined {
    const found = this.#exports.get(name);
    return found && { ...found, name: found.from ? found.name : this.#toOwnName(found.name) };
  }

  /** Whether something of this name is declared at the top of the file, and not imported. */
  declares(name: string): boolean {
    return this.#top.names.has(name) && !this.#imports.has(name);
  }

  #toOwnName(name: string): string {
    const isDefault = GENERATED.test(name) && this.#exports.get('default')?.name === name;
    return isDefault ? 'default' : name;
  }

  #toOrigin(site: Site, name: string): Origin {
    const imported = site === this.#top ? this.#imports.get(name) : undefined;
    if (imported) return { is: 'imported', ...imported };
    if (site === this.#top) return { is: 'own', name: this.#toOwnName(name) };
    const isNamed = site.name !== undefined && site.direct.has(name) && this.#isFirst(site);
    return isNamed
      ? { is: 'own', name: `${this.#toOwnName(site.name ?? '')}/${name}` }
      : { is: 'hidden', name };
  }

  /** Whether it is the outermost function of its name, and the only one there: which `keep` takes. */
  #isFirst(site: Site): boolean {
    const others = this.#sites.filter((one) => one !== site && one.name === site.name);
    return others.every(({ depth }) => depth > site.depth);
  }

  #toOffset(line: number, column: number): number {
    const ends = this.#text.matchAll(/\r\n|[\n\r\u2028\u2029]/g);
    if (line === 0) return column;
    let left = line;
    for (const { index, 0: end } of ends) if (--left === 0) return index + end.length + column;
    return this.#text.length;
  }

  #addSite({ start, end }: AnyNode, name: string | undefined, outer: Site | undefined): Site {
    const depth = outer ? outer.depth + 1 : 0;
    const [names, direct] = [new Set<string>(), new Set<string>()];
    const site = { start, end, name, outer, depth, names, direct };
    this.#sites.push(site);
    return site;
  }

  /** @param name what the node gets as its name from where it stands, if it is a function without one */
  #visit(node: AnyNode, site: Site, name: string | undefined): void {
    this.#declare(node, site);
    if (isFunction(node)) return this.#visitFunction(node, site, name);
    if (node.type.startsWith('Class') && 'body' in node) this.texts.add(this.#textOf(node));
    if (node.type === 'MethodDefinition' || node.type === 'Property')
      this.texts.add(this.#textOf(node).replace(/^static\s+/, ''));
    for (const [child, given] of childrenOf(node, name)) this.#visit(child, site, given);
  }

  #visitFunction(node: FunctionNode, site: Site, name: string | undefined): void {
    this.texts.add(this.#textOf(node));
    const isWrapper = site === this.#top && isWrapperOf(this.#text, node);
    const own = isWrapper ? site : this.#addSite(node, node.id?.name ?? name, site);
    for (const parameter of node.params) for (const one of namesOf(parameter)) own.names.add(one);
    for (const statement of node.body.type === 'BlockStatement' ? node.body.body : []) {
      const declared = statement.type === 'VariableDeclaration' ? statement.declarations : [];
      for (const { id } of declared) for (const one of namesOf(id)) own.direct.add(one);
    }
    for (const [child] of childrenOf(node, undefined)) this.#visit(child, own, undefined);
  }

  #textOf({ start, end }: AnyNode): string {
    return this.#text.slice(start, end);
  }

  #declare(node: AnyNode, site: Site): void {
    const found = readDeclaration(node, this.#textOf(node));
    for (const name of found.names ?? []) site.names.add(name);
    if (site !== this.#top) return;
    for (const [local, imported] of found.imports ?? []) this.#imports.set(local, imported);
    for (const [name, exported] of found.exports ?? []) this.#exports.set(name, exported);
    if (found.reexported !== undefined) this.reexported.push(found.reexported);
  }
}
