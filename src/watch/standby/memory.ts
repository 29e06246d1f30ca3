import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isOfPackage } from '../files.ts';
import {
  type Forgotten,
  type Learned,
  type Preparation,
  type Requests,
  toRequest,
} from '../protocol.ts';
import { FileMarks } from './as-it-was.ts';
import { Decisions, isRelative } from './decisive-paths.ts';
import { toLinkable } from './linkable.ts';

/** What a process was given, and how the files were then. */
export interface Given {
  preparation: Preparation;
  /** Counts how often everything was forgotten before. */
  generation: number;
  sources: FileMarks;
  layout: FileMarks;
}

/**
 * What the runs of an app have shown of its modules, for the next one. Three rules say how long it holds.
 * The text of a file: while that file is as it was. Where the app's own files lead: while no file of code
 * and no package.json comes, goes or changes where they are. Everything: while the packages are as they were.
 */
export class Memory {
  readonly #root: string;
  #preparation: Preparation;
  #sources = new FileMarks();
  #layout = new FileMarks();
  #packages = new FileMarks();
  /** What a run has shown that was not looked at yet. */
  #heard: { learned: Learned; startedAt: number; isAliased: boolean } | undefined;
  #modules = '';
  #generation = 0;

  /**
   * @param root of the project
   * @param tsx the file of tsx, where it is asked for modules and its answers may be remembered
   */
  constructor(root: string, tsx: string | undefined) {
    this.#root = root;
    this.#preparation = toEmpty(tsx);
  }

  /** What a process that starts now is given; what was shown last is looked at first. */
  give(): Given {
    this.#takeIn();
    return {
      preparation: this.#preparation,
      generation: this.#generation,
      sources: this.#sources.copy(),
      layout: this.#layout.copy(),
    };
  }

  /** Whether a process was given anything. */
  get isUsed(): boolean {
    const { modules, sources } = this.#preparation;
    return modules.length > 0 || Object.keys(sources).length > 0;
  }

  /** Forgets everything: packages were installed, or a configuration has changed. */
  clear(): void {
    this.#heard = undefined;
    this.#preparation = toEmpty(this.#preparation.tsx);
    this.#sources = new FileMarks();
    this.#layout = new FileMarks();
    this.#packages = new FileMarks();
    this.#modules = '';
    this.#generation++;
  }

  /** Looks whether the packages are as they were. */
  checkPackages(): void {
    if (this.#packages.findChanged().length > 0) this.clear();
  }

  /** Whether a process that was given this has read nothing that is another now, as of the last check. */
  isGood({ generation }: Given): boolean {
    return generation === this.#generation;
  }

  /** What a process shall forget that was given this. */
  findForgotten({ sources, layout }: Given): Forgotten {
    const changed = sources.findChanged().map((path) => pathToFileURL(path).href);
    return { sources: changed, requests: layout.findChanged().length > 0 };
  }

  /**
   * Hears what a run has shown.
   *
   * @param startedAt milliseconds since the epoch: what has changed since then may be other than it was
   * @param isAliased the app's own names may lead elsewhere by its tsconfig
   */
  learn(learned: Learned, startedAt: number, isAliased: boolean): void {
    if (learned.hasHooks) return this.clear(); // they shall see the modules that they are meant for
    this.#takeIn();
    this.#heard = { learned, startedAt, isAliased };
  }

  /** It takes a while, in which a process that was started before can begin. */
  #takeIn(): void {
    if (!this.#heard) return;
    const { learned, startedAt, isAliased } = this.#heard;
    this.#heard = undefined;
    this.#forgetChanged();
    const decisions = new Decisions();
    this.#addSources(learned, startedAt);
    this.#addRequests(learned, startedAt, isAliased, decisions);
    const { builtins, files } = learned;
    const modules = learned.modules.filter((url) => url.startsWith('file:'));
    Object.assign(this.#preparation, { builtins, files });
    this.#addModules(modules, startedAt);
    // Node remembers each package.json that it reads for one of them.
    const read = [...files, ...modules.map((url) => fileURLToPath(url))];
    for (const file of read) this.#packages.add(decisions.findScopes(dirname(file)), startedAt);
  }

  #forgetChanged(): void {
    const changed = this.#sources.findChanged();
    for (const path of changed) delete this.#preparation.sources[pathToFileURL(path).href];
    this.#sources.drop(changed);
    if (this.#layout.findChanged().length === 0) return;
    this.#preparation.ofApp = {};
    this.#layout = new FileMarks();
  }

  #addSources({ sources }: Learned, readSince: number): void {
    for (const [url, source] of Object.entries(sources)) {
      const path = fileURLToPath(url);
      const marks = this.#isOfPackage(path) ? this.#packages : this.#sources;
      marks.add([path], readSince);
      this.#preparation.sources[url] = source;
    }
  }

  #addRequests(
    { requests, formats }: Learned,
    readSince: number,
    isAliased: boolean,
    decisions: Decisions,
  ): void {
    for (const [parent, names] of Object.entries(requests)) {
      const importer = fileURLToPath(parent);
      const isOfApp = !this.#isOfPackage(importer);
      const marks = isOfApp ? this.#layout : this.#packages;
      const known: Requests = isOfApp ? this.#preparation.ofApp : this.#preparation.ofPackages;
      for (const [name, url] of Object.entries(names)) {
        const { request } = toRequest(name);
        if (isOfApp && isAliased && !isRelative(request)) continue;
        if (url.startsWith('file:')) {
          const decisive = decisions.find(request, dirname(importer), fileURLToPath(url));
          if (!decisive) continue;
          marks.add(decisive.files, readSince);
          marks.addFolders(decisive.folders, readSince);
        }
        (known[parent] ??= {})[name] = url;
      }
    }
    Object.assign(this.#preparation.formats, formats);
  }

  /** The same modules are not read again: that they have changed would be seen. */
  #addModules(modules: string[], readSince: number): void {
    const names = modules.join('\n');
    if (names === this.#modules) return;
    this.#modules = names;
    this.#preparation.modules = toLinkable(modules);
    const files = this.#preparation.modules.map((url) => fileURLToPath(url));
    this.#packages.add(files, readSince);
  }

  #isOfPackage(path: string): boolean {
    return isOfPackage(path, this.#root);
  }
}

function toEmpty(tsx: string | undefined): Preparation {
  const nothing = { builtins: [], files: [], modules: [] };
  return { ...nothing, ofApp: {}, ofPackages: {}, formats: {}, sources: {}, tsx };
}
