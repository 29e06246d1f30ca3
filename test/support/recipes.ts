import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RECIPES = join(import.meta.dirname, '..', '..', 'docs', 'recipes.md');

/** The files of a recipe, by path, as the documentation has them to the letter. */
export function readRecipe(title: string): Record<string, string> {
  const [, section = ''] = readFileSync(RECIPES, 'utf8').split(`\n## ${title}\n`);
  const [own = ''] = section.split('\n## ');
  const blocks = own.matchAll(/^`([^`\n]+)`\n\n```\w+\n([\s\S]*?)^```$/gm);
  const files = [...blocks].map(([, path = '', text = '']) => [path, text]);
  if (files.length === 0) throw new Error(`The documentation has no recipe ${title}.`);
  return Object.fromEntries(files);
}
