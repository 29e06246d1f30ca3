import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOfPackage } from '../is-of-package.ts';
import { toDecisivePaths, type DecisivePaths } from './decisive-paths.ts';
import { FileMarks } from './file-marks.ts';
import {
  emptyAnswers,
  type Answers,
  type Forgotten,
  type Learned,
  type Preparation,
} from './learned.ts';
import { toLinkable } from './linkable.ts';

/** What a process was given, and how the files were that it was made from. */
export interface Given {
  preparation: Preparation;
  /** Whether the packages are as they were: what a process has read of them is good. */
  arePackagesSame: () => boolean;
  /** What has changed in the files of the app, which is to be asked anew. */
  findForgotten: () => Forgotten;
}

/** A request of the app's own files, and the paths that decide where it leads. */
interface Request extends DecisivePaths {
  parent: string;
  name: string;
}

/** What the runs of an app have shown of its modules, for the next one. */
export class Memory {
  readonly #root: string;
  readonly #tsx: string | undefined;
  #answers = emptyAnswers();
  #given: Given;

  /**
   * @param root of the project
   * @param tsx the file of tsx, where it is asked for modules and its answers may be remembered
   */
  constructor(root: string, tsx: string | undefined) {
    this.#root = root;
    this.#tsx = tsx;
    this.#given = this.#toGiven(nothingLearned(), 0, false);
  }

  /** What a process that starts now is given. */
  get given(): Given {
    return this.#given;
  }

  /** Forgets everything. */
  clear(): void {
    this.#answers = emptyAnswers();
    this.#given = this.#toGiven(nothingLearned(), 0, false);
  }

  /**
   * Takes in what a run has shown.
   *
   * @param startedAt milliseconds since the epoch: what has changed since then may be other than it was
   * @param isAliased the app's own names may lead elsewhere by its tsconfig
   */
  learn(learned: Learned, startedAt: number, isAliased: boolean): void {
    this.#answers = merge(this.#answers, learned.answers, this.#given.findForgotten());
    this.#given = this.#toGiven(learned, startedAt, isAliased);
  }

  #toGiven(learned: Learned, readSince: number, isAliased: boolean): Given {
    const ofPackages = new FileMarks();
    const ofApp = new FileMarks();
    const requests: Request[] = [];
    const answers = emptyAnswers();
    const add = (marks: FileMarks, { files, folders }: DecisivePaths): void => {
      marks.add(files, readSince);
      marks.addFolders(folders, readSince);
    };
    for (const [url, source] of Object.entries(this.#answers.sources)) {
      const path = fileURLToPath(url);
      (this.#isOfPackage(path) ? ofPackages : ofApp).add([path], readSince);
      answers.sources[url] = source;
    }
    for (const [parent, names] of Object.entries(this.#answers.resolved)) {
      const isOfApp = !this.#isOfPackage(fileURLToPath(parent));
      for (const [name, url] of Object.entries(names)) {
        const decisive = url.startsWith('file:') ? toDecisive(parent, name, url) : NOTHING;
        if (!decisive || (isOfApp && isAliased && !/^(require )?\./.test(name))) continue;
        add(isOfApp ? ofApp : ofPackages, decisive);
        if (isOfApp) requests.push({ parent, name, ...decisive });
        (answers.resolved[parent] ??= {})[name] = url;
        answers.formats[url] = this.#answers.formats[url] as string;
      }
    }
    const searches = learned.searches.filter(([search, file]) => {
      const [request = '', ...paths] = search.split('\0');
      const [from = ''] = paths;
      if (!this.#isOfPackage(file)) return false;
      const decisive = toDecisivePaths(
        request,
        request.startsWith('.') ? from : dirname(from),
        file,
      );
      if (decisive) add(ofPackages, decisive);
      return decisive !== undefined;
    });
    const modules = learned.hasHooks ? [] : toLinkable(learned.modules);
    ofPackages.add(
      modules.map((url) => fileURLToPath(url)),
      readSince,
    );
    const { builtins, files } = learned;
    return {
      preparation: { builtins, files, searches, modules, answers, tsx: this.#tsx },
      arePackagesSame: () => ofPackages.areAsMarked(),
      findForgotten: () => toForgotten(ofApp.findChanged(), answers, requests),
    };
  }

  #isOfPackage(path: string): boolean {
    return isOfPackage(path, this.#root);
  }
}

const NOTHING: DecisivePaths = { files: [], folders: [] };

function toDecisive(parent: string, name: string, url: string): DecisivePaths | undefined {
  const request = name.replace(/^require /, '');
  if (request.startsWith('#') || /^[a-z]+:/.test(request)) return undefined;
  return toDecisivePaths(request, dirname(fileURLToPath(parent)), fileURLToPath(url));
}

function toForgotten(changed: Set<string>, { sources }: Answers, requests: Request[]): Forgotten {
  if (changed.size === 0) return { sources: [], requests: [] };
  return {
    sources: Object.keys(sources).filter((url) => changed.has(fileURLToPath(url))),
    requests: requests
      .filter(({ files, folders }) => [...files, ...folders].some((path) => changed.has(path)))
      .map(({ parent, name }) => [parent, name]),
  };
}

function merge(known: Answers, learned: Answers, forgotten: Forgotten): Answers {
  for (const url of forgotten.sources) delete known.sources[url];
  for (const [parent, name] of forgotten.requests) delete known.resolved[parent]?.[name];
  for (const [parent, names] of Object.entries(learned.resolved)) {
    known.resolved[parent] = { ...known.resolved[parent], ...names };
  }
  Object.assign(known.formats, learned.formats);
  Object.assign(known.sources, learned.sources);
  return known;
}

function nothingLearned(): Learned {
  return {
    builtins: [],
    files: [],
    searches: [],
    modules: [],
    answers: emptyAnswers(),
    hasHooks: false,
  };
}
