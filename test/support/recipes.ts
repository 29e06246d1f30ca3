import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');

/** The files of a recipe, by path, as a page of the documentation has them to the letter. */
export function readRecipe(title: string, page = 'recipes.md'): Record<string, string> {
  const [, section = ''] = readFileSync(join(DOCS, page), 'utf8').split(`\n## ${title}\n`);
  const [own = ''] = section.split('\n## ');
  const blocks = own.matchAll(/^`([^`\n]+)`\n\n```\w+\n([\s\S]*?)^```$/gm);
  const files = [...blocks].map(([, path = '', text = '']) => [path, text]);
  if (files.length === 0) throw new Error(`The documentation has no recipe ${title}.`);
  return Object.fromEntries(files);
}
