import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toMatcher, toWatchedFolders } from '../../src/watch/changes/watched-paths.ts';

const here = (path: string): string => join(process.cwd(), path);

describe('globs of --include and --exclude', () => {
  it.each([
    ['views/**', 'views/deep/page.html', true],
    ['./views/**', 'views/page.html', true],
    ['views', 'views/deep/page.html', true],
    ['views/', 'views/page.html', true],
    ['views/*.html', 'views/page.html', true],
    ['views/*.html', 'views/deep/page.html', false],
    ['views/*', 'views/deep/page.html', false],
    ['.', 'any/where.txt', true],
    ['*.txt', 'a.txt', true],
    ['**/*.txt', 'a/.hidden/b.txt', true],
    ['../shared/**', '../shared/a/b.ts', true],
    [here('views/**'), 'views/page.html', true],
    [here('dep.js'), 'dep.js', true],
    [here('dep.js'), 'other.js', false],
  ])('%s, and the file %s: %s', (glob, path, isMatch) => {
    expect(toMatcher([glob])(here(path))).toBe(isMatch);
  });

  it('are watched from the folder before their first sign', () => {
    const globs = ['views/**/*.html', '.', here('texts/*.txt'), '*.md'];
    expect(toWatchedFolders(globs)).toEqual([here('views'), here('.'), here('texts'), here('.')]);
  });

  it('none match nothing', () => {
    expect(toMatcher([])(here('a'))).toBe(false);
  });
});
