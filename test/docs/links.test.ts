import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES, PUBLISHED, readPage } from './pages.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What is no code. */
function toProse(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, (code) => {
    return code.replaceAll(/[[\]()]/g, ' ');
  });
}

/** Where the links and pictures of a page lead to. */
function findLinks(text: string): string[] {
  const prose = toProse(text);
  const links = prose.matchAll(/\]\(<?([^()\s>]+)>?\)|\b(?:src|href|srcset)="([^"\s]+)/g);
  return [...links].map(([, link, attribute]) => link ?? attribute ?? '');
}

/** The anchors of a page, as GitHub makes them of its headings. */
function findAnchors(text: string): string[] {
  const headings = text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  const seen = new Map<string, number>();
  return [...headings].map(([, heading = '']) => {
    const words = heading.replaceAll(/\]\([^)]*\)/g, '').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** What is wrong with a link of a page; nothing when it leads somewhere, or to another site. */
function check(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(join(ROOT, target))) return `${page}: ${link} is not there`;
  if (anchor === undefined) return undefined;
  return findAnchors(readPage(target)).includes(anchor)
    ? undefined
    : `${page}: ${link} has no such heading`;
}

describe('the links of the documentation', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const wrong = findLinks(readPage(page)).map((link) => check(page, link));
    expect(wrong.filter((line) => line !== undefined)).toEqual([]);
  });

  it('would show one that leads nowhere', () => {
    const text =
      'See [a](docs/none.md), `[b](x)` and [`c`](docs/state.md#none).\n```\n[d](x)\n```\n';
    expect(findLinks(text).map((link) => check('README.md', link))).toEqual([
      'README.md: docs/none.md is not there',
      'README.md: docs/state.md#none has no such heading',
    ]);
    expect(findAnchors('# `holdover ui`: a, b\n## Again\n## Again\n')).toEqual([
      'holdover-ui-a-b',
      'again',
      'again-1',
    ]);
  });

  it('reach each page from the README', () => {
    const links = new Set(findLinks(readPage('README.md')).map((link) => link.split('#')[0]));
    const pages = PUBLISHED.filter((page) => page !== 'README.md');
    expect(pages.filter((page) => !links.has(page))).toEqual([]);
  });

  it.each(PUBLISHED)('of %s lead to what is in the package', (page) => {
    const links = findLinks(readPage(page)).filter((link) => !/^([a-z]+:|#)/.test(link));
    const files = links.map((link) => posix.join(posix.dirname(page), link.split('#')[0] ?? ''));
    const isPublished = (file: string): boolean =>
      PUBLISHED.includes(file) || file.startsWith('docs/pictures/');
    expect(files.filter((file) => !isPublished(file))).toEqual([]);
  });
});

describe('the README', () => {
  it('is short, and has the two commands of a newcomer', () => {
    const text = readPage('README.md');
    expect(text.split('\n').length).toBeLessThanOrEqual(150);
    for (const command of ['npm install && npm run playground', 'npm install-test']) {
      expect(text).toContain(`\n\`\`\`sh\n${command}\n\`\`\`\n`);
    }
  });
});
