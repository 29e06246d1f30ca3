import { readdirSync, readFileSync } from 'node:fs';
import { toOwnUrl } from '../storage/own-files.ts';
import type { Destination } from './guard.ts';

/** Where the build puts the page. */
const FOLDER = toOwnUrl('inspector/page/');

/** What is served of it, by the ends of names. */
const KINDS: Record<string, Omit<PageFile, 'name'>> = {
  html: { type: 'text/html; charset=utf-8', destination: 'document' },
  css: { type: 'text/css; charset=utf-8', destination: 'style' },
  js: { type: 'text/javascript; charset=utf-8', destination: 'script' },
};

/** A file of the page. */
export interface PageFile {
  name: string;
  type: string;
  destination: Destination;
}

/**
 * The files of the page by the paths that they are served under, as they are in the package. What is asked for is
 * looked up here: no path is made of a URL.
 */
export function listPageFiles(base: string): Map<string, PageFile> {
  const names = readdirSync(FOLDER, { encoding: 'utf8', recursive: true });
  const files = names.flatMap((path): [string, PageFile][] => {
    const name = path.replaceAll('\\', '/');
    const kind = KINDS[name.slice(name.lastIndexOf('.') + 1)];
    return kind ? [[`${base}${name === 'index.html' ? '' : name}`, { name, ...kind }]] : [];
  });
  return new Map(files);
}

/** @param pageToken stands in the document, for its scripts */
export function readPageFile({ name, destination }: PageFile, pageToken: string): string {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  if (destination !== 'document') return text;
  return text.replace(/(<meta name="holdover-token" content=")"/, `$1${pageToken}"`);
}
