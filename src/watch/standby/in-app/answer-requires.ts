import Module from 'node:module';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeLoaderFunction } from '../../../loader/node-frame.ts';
import { type Requests, toRequest, toRequireName } from '../../protocol.ts';
import { isRelative } from '../decisive-paths.ts';

type Resolve = (
  this: unknown,
  request: string,
  parent?: NodeJS.Module,
  isMain?: boolean,
  options?: object,
) => string;

interface Machinery {
  _resolveFilename: Resolve;
  _nodeModulePaths: (from: string) => string[];
}

const machinery = Module as unknown as Machinery;

/** What a file requires, and the files that this leads to. */
interface Requires {
  /** The folders in which it looks for packages. */
  paths: string;
  files: Map<string, string>;
}

/** By the path of the file that requires. */
const answers = new Map<string, Requires>();

/** Tells what is known. */
export function knowRequires(known: Requests): void {
  for (const [url, names] of Object.entries(known)) {
    const files = new Map<string, string>();
    for (const [name, target] of Object.entries(names)) {
      const { request, isRequire } = toRequest(name);
      if (isRequire) files.set(request, toFile(target));
    }
    const parent = fileURLToPath(url);
    const paths = machinery._nodeModulePaths(dirname(parent)).join('\0');
    if (files.size > 0) answers.set(parent, { paths, files });
  }
}

/** Tells that it is not known any more where files lead. */
export function forgetRequires(urls: Iterable<string>): void {
  for (const url of urls) answers.delete(fileURLToPath(url));
}

/**
 * From now on what is known is not looked for once more.
 *
 * @returns makes an end of it, and tells where requests have led that were not known
 */
export function answerRequires(): () => Requests {
  const next = machinery._resolveFilename;
  let learned: Requests | undefined = {};
  const find = (request: string, { filename, paths }: NodeJS.Module): string | undefined => {
    const requires = answers.get(filename);
    const file = requires?.files.get(request);
    // An app may have added to where a module looks for packages.
    return isRelative(request) || requires?.paths === paths?.join('\0') ? file : undefined;
  };
  const add = (request: string, { filename }: NodeJS.Module, file: string): void => {
    if (learned) (learned[toUrl(filename)] ??= {})[toRequireName(request)] = toUrl(file);
  };
  const resolve = makeLoaderFunction<Resolve>(RESOLVE, { find, add, next, isUsual });
  machinery._resolveFilename = resolve;
  return () => {
    const requests = learned ?? {};
    learned = undefined;
    answers.clear();
    if (machinery._resolveFilename === resolve) machinery._resolveFilename = next;
    return requests;
  };
}

const RESOLVE = `function (request, parent, isMain, options) {
  const isPlain = parent?.filename && !isMain && isUsual(options);
  const known = isPlain ? find(request, parent) : undefined;
  if (known !== undefined) return known;
  const file = next.apply(this, arguments);
  if (isPlain) add(request, parent, file);
  return file;
}`;

/** Whether nobody asks for other folders or conditions: Node 22 and later give options of their own. */
function isUsual(options: { paths?: unknown } | undefined): boolean {
  if (options === undefined) return true;
  return Object.getPrototypeOf(options) === null && options.paths === undefined;
}

/** The names of Node's own modules stay what they are. */
function toFile(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

function toUrl(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file;
}
