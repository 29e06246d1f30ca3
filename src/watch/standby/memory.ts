import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOfPackage } from '../is-of-package.ts';
import { Decisions, type DecisivePaths } from './decisive-paths.ts';
import { FileMarks } from './file-marks.ts';
import {
  emptyAnswers,
  type Answers,
  type Forgotten,
  type Learned,
  type Preparation,
  type Search,
} from './learned.ts';
import { toLinkable } from './linkable.ts';

/** What a process was given, and when. */
export interface Given {
  preparation: Preparation;
  /** Counts how often everything was forgotten before. */
  generation: number;
  /** Counts how often something was forgotten before. */
  since: number;
}

/** An answer that holds as long as some paths are as they were: a source, or where a request leads. */
type Dependent = { source: string } | { parent: string; name: string };

/**
 * What the runs of an app have shown of its modules, for the next one. An answer is given only while every
 * file and folder that has decided it is as it was.
 */
export class Memory {
  readonly #root: string;
  readonly #tsx: string | undefined;
  #shown = nothingShown();
  /** What a run has shown that was not looked at yet. */
  #heard: { learned: Learned; startedAt: number; isAliased: boolean } | undefined;
  #answers = emptyAnswers();
  #ofPackages = new FileMarks();
  #ofApp = new FileMarks();
  /** What depends on each path of the app, by what names it. */
  #dependents = new Map<string, Map<string, Dependent>>();
  #forgotten: Dependent[] = [];
  #linkable = { of: '', urls: [] as string[] };
  #generation = 0;

  /**
   * @param root of the project
   * @param tsx the file of tsx, where it is asked for modules and its answers may be remembered
   */
  constructor(root: string, tsx: string | undefined) {
    this.#root = root;
    this.#tsx = tsx;
  }

  /** What a process that starts now is given; what was shown last is looked at first. */
  give(): Given {
    this.#takeIn();
    const preparation = { ...this.#shown, answers: this.#answers, tsx: this.#tsx };
    return { preparation, generation: this.#generation, since: this.#forgotten.length };
  }

  /** Forgets everything: packages were installed, or a configuration has changed. */
  clear(): void {
    this.#heard = undefined;
    this.#shown = nothingShown();
    this.#answers = emptyAnswers();
    this.#ofPackages = new FileMarks();
    this.#ofApp = new FileMarks();
    this.#dependents = new Map();
    this.#forgotten = [];
    this.#linkable = { of: '', urls: [] };
    this.#generation++;
  }

  /** Whether the packages are as they were when they were read; when they are not, all is forgotten. */
  checkPackages(): void {
    if (!this.#ofPackages.areAsMarked()) this.clear();
  }

  /** Whether a process that was given this has read nothing that is another now, as of the last check. */
  isGood({ generation }: Given): boolean {
    return generation === this.#generation;
  }

  /** What a process shall forget that was given this. */
  findForgotten({ since }: Given): Forgotten {
    return toForgotten([...this.#forgotten.slice(since), ...this.#findChanged().dependents]);
  }

  /**
   * Hears what a run has shown.
   *
   * @param startedAt milliseconds since the epoch: what has changed since then may be other than it was
   * @param isAliased the app's own names may lead elsewhere by its tsconfig
   */
  learn(learned: Learned, startedAt: number, isAliased: boolean): void {
    this.#takeIn();
    this.#heard = { learned, startedAt, isAliased };
  }

  /** It takes a while, in which a process that was started before can begin. */
  #takeIn(): void {
    if (!this.#heard) return;
    const { learned, startedAt, isAliased } = this.#heard;
    this.#heard = undefined;
    this.#forgetChanged();
    const { answers, hasHooks, searches, modules, ...rest } = learned;
    const decisions = new Decisions();
    this.#addSources(answers, startedAt);
    this.#addRequests(answers, startedAt, isAliased, decisions);
    const linkable = hasHooks ? [] : this.#toLinkable(modules);
    const files = linkable.map((url) => fileURLToPath(url));
    this.#ofPackages.add(files, startedAt);
    const isKnown = (search: Search): boolean => this.#addSearch(search, startedAt, decisions);
    this.#shown = { ...rest, modules: linkable, searches: searches.filter(isKnown) };
  }

  #addSources({ sources }: Answers, readSince: number): void {
    for (const [url, source] of Object.entries(sources)) {
      const path = fileURLToPath(url);
      this.#answers.sources[url] = source;
      this.#depend({ source: url }, path, { files: [path], folders: [] }, readSince);
    }
  }

  #addRequests(
    { resolved, formats }: Answers,
    readSince: number,
    isAliased: boolean,
    decisions: Decisions,
  ): void {
    Object.assign(this.#answers.formats, formats);
    for (const [parent, names] of Object.entries(resolved)) {
      const importer = fileURLToPath(parent);
      const isUnsure = isAliased && !this.#isOfPackage(importer);
      for (const [name, url] of Object.entries(names)) {
        if (isUnsure && !isRelative(name)) continue;
        const decisive = toDecisive(decisions, importer, name, url);
        if (!decisive) continue;
        (this.#answers.resolved[parent] ??= {})[name] = url;
        this.#depend({ parent, name }, importer, decisive, readSince);
      }
    }
  }

  /** Lets an answer hold only as long as some paths are as they are. */
  #depend(
    dependent: Dependent,
    of: string,
    { files, folders }: DecisivePaths,
    readSince: number,
  ): void {
    const isOfApp = !this.#isOfPackage(of);
    const marks = isOfApp ? this.#ofApp : this.#ofPackages;
    marks.add(files, readSince);
    marks.addFolders(folders, readSince);
    if (!isOfApp) return;
    for (const path of [...files, ...folders]) {
      const dependents = this.#dependents.get(path) ?? new Map<string, Dependent>();
      this.#dependents.set(path, dependents.set(JSON.stringify(dependent), dependent));
    }
  }

  /** @returns whether a search is one for packages, and it is known what decides it */
  #addSearch([search, file]: Search, readSince: number, decisions: Decisions): boolean {
    const [request = '', from = ''] = search.split('\0');
    if (!this.#isOfPackage(file)) return false;
    const decisive = decisions.find(request, isRelative(request) ? from : dirname(from), file);
    if (!decisive) return false;
    this.#ofPackages.add(decisive.files, readSince);
    this.#ofPackages.addFolders(decisive.folders, readSince);
    return true;
  }

  /** The same modules are not read again: that they have changed would be seen. */
  #toLinkable(modules: string[]): string[] {
    const names = modules.join('\n');
    if (names !== this.#linkable.of) this.#linkable = { of: names, urls: toLinkable(modules) };
    return this.#linkable.urls;
  }

  #findChanged(): { paths: Set<string>; dependents: Dependent[] } {
    const paths = this.#ofApp.findChanged();
    const found = [...paths].flatMap((path) => [...(this.#dependents.get(path)?.values() ?? [])]);
    return { paths, dependents: found };
  }

  #forgetChanged(): void {
    const { paths, dependents } = this.#findChanged();
    const { sources, requests } = toForgotten(dependents);
    for (const url of sources) delete this.#answers.sources[url];
    for (const [parent, name] of requests) delete this.#answers.resolved[parent]?.[name];
    for (const path of paths) this.#dependents.delete(path);
    this.#ofApp.drop(paths);
    this.#forgotten.push(...dependents);
  }

  #isOfPackage(path: string): boolean {
    return isOfPackage(path, this.#root);
  }
}

function isRelative(name: string): boolean {
  return /^(require )?\.{1,2}(\/|$)/.test(name);
}

function toDecisive(
  decisions: Decisions,
  importer: string,
  name: string,
  url: string,
): DecisivePaths | undefined {
  if (!url.startsWith('file:')) return { files: [], folders: [] }; // one of Node's own
  const request = name.replace(/^require /, '');
  if (request.startsWith('#') || /^[a-z]{2,}:/.test(request)) return undefined;
  return decisions.find(request, dirname(importer), fileURLToPath(url));
}

function toForgotten(dependents: Dependent[]): Forgotten {
  return {
    sources: dependents.flatMap((one) => ('source' in one ? [one.source] : [])),
    requests: dependents.flatMap((one) => ('parent' in one ? [[one.parent, one.name]] : [])),
  };
}

function nothingShown(): Omit<Preparation, 'answers' | 'tsx'> {
  return { builtins: [], files: [], searches: [], modules: [] };
}
