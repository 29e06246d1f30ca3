import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveStateDirectory, toRealPath } from '../../options/project.ts';
import { makeFolder } from '../../storage/files/folders.ts';
import { writeOver } from '../../storage/files/replace-file.ts';

/** What `holdover init` has written into a project. */
export interface Written {
  /** By the name of a script. */
  scripts: Record<string, { from: string; to: string }>;
  config?: { path: string; inserted: string[] };
}

/** Remembers it, in the user's state directory: what was written earlier and is still there stays known. */
export function remember(root: string, written: Written): void {
  const earlier = recall(root);
  const scripts = { ...earlier?.scripts };
  for (const [name, { from, to }] of Object.entries(written.scripts))
    scripts[name] = { from: scripts[name]?.to === from ? (scripts[name]?.from ?? from) : from, to };
  const path = toPath(root);
  makeFolder(dirname(path));
  writeOver(path, Buffer.from(JSON.stringify({ ...earlier, ...written, scripts })));
}

/** What was written; `undefined` for nothing. */
export function recall(root: string): Written | undefined {
  try {
    return JSON.parse(readFileSync(toPath(root), 'utf8')) as Written;
  } catch {
    return undefined;
  }
}

export function forget(root: string): void {
  rmSync(toPath(root), { force: true });
}

function toPath(root: string): string {
  const name = createHash('sha256').update(toRealPath(root)).digest('hex');
  return join(resolveStateDirectory(), 'init', `${name.slice(0, 32)}.json`);
}
