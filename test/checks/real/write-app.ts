import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toFiles } from './app-files.ts';
import type { Order } from './order.ts';

/** The folder in which the packages are installed. */
export const PACKAGES_FOLDER = join(import.meta.dirname, 'node_modules');

/** Writes the app that was drawn into a folder, and gives the paths of its files; the last is the entry. */
export function writeApp(folder: string, order: Order): string[] {
  mkdirSync(folder, { recursive: true });
  const type = order.language.startsWith('ESM') ? 'module' : 'commonjs';
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'real-packages', type }));
  symlinkSync(PACKAGES_FOLDER, join(folder, 'node_modules'), 'junction');
  cpSync(join(import.meta.dirname, 'app'), join(folder, 'observe'), { recursive: true });
  return toFiles(order).map(({ name, text }) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}
