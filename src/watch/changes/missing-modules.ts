import { dirname, isAbsolute, resolve } from 'node:path';
import type { ReportedError } from '../protocol.ts';

const NOT_FOUND = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/** What a module may be called that is imported without its ending, or with that of its output. */
const ENDINGS = [
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.mjs',
  '.cjs',
  '.json',
  '/index.ts',
  '/index.js',
];

/**
 * The files that would mend an error by being there: a module that was not found, under each name that
 * it may have. Node reports such modules itself, but not through tsx.
 */
export function toMissingModules(error: ReportedError | undefined): string[] {
  if (!error?.code || !NOT_FOUND.has(error.code)) return [];
  const [, name = ''] = /Cannot find module '([^']+)'/.exec(error.message) ?? [];
  const [, importer] = /Require stack:\n- (.+)/.exec(error.message) ?? [];
  const isRelative = /^\.{1,2}\//.test(name);
  if (!isAbsolute(name) && !(isRelative && importer)) return [];
  const path = isAbsolute(name) ? name : resolve(dirname(importer as string), name);
  const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
  return [path, ...ENDINGS.map((ending) => `${stem}${ending}`)];
}
