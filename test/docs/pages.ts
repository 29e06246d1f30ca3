import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The pages in the package, by paths from the root of the repository. */
export const PUBLISHED = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** All pages. */
export const PAGES = [...PUBLISHED, 'CONTRIBUTING.md', 'playground/README.md'];

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A block of code, and the heading that it stands below. */
export interface Block {
  page: string;
  heading: string;
  /** Empty for what a terminal shows. */
  language: string;
  code: string;
}

export function readBlocks(page: string): Block[] {
  let heading = '';
  const parts = readPage(page).matchAll(/^#+ (.+)$|^```(\w*)\n([^]*?)^```$/gm);
  return [...parts].flatMap(([, title, language = '', code = '']) => {
    if (title === undefined) return [{ page, heading, language, code }];
    heading = title;
    return [];
  });
}

/** The block of a language below a heading; the first one, unless another is asked for. */
export function readBlock(page: string, heading: string, language: string, index = 0): string {
  const own = readBlocks(page).filter(
    (block) => block.heading === heading && block.language === language,
  );
  const block = own[index];
  if (!block) throw new Error(`${page} has no block of ${language} below "${heading}".`);
  return block.code;
}

/** The rows of the first table whose head begins with a word, as cells. */
export function readTable(page: string, head: string): string[][] {
  const [, after = ''] = readPage(page).split(new RegExp(`^\\| ${head} .*\\n\\|[ |:-]+\\n`, 'm'));
  const [rows = ''] = after.split('\n\n');
  return rows.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
