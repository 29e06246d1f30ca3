import { describe, expect, it } from 'vitest';
import { toPlainPath } from '../../src/options/plug-n-play.ts';
import { toLoadedFiles } from '../../src/watch/files.ts';
import { canStandBy } from '../../src/watch/standby/runner.ts';

describe("a path of Plug'n'Play", () => {
  it.each([
    ['/p/.yarn/__virtual__/shared-virtual-1f/1/packages/shared/a.js', '/p/packages/shared/a.js'],
    ['/p/.yarn/__virtual__/x-virtual-1f/0/cache/x.zip/a.js', '/p/.yarn/cache/x.zip/a.js'],
    ['/p/.yarn/$$virtual/x-virtual-1f/3/home/c/x.zip/a.js', '/home/c/x.zip/a.js'],
    ['/p/src/__virtual__/a.js', '/p/src/__virtual__/a.js'],
    ['/p/src/a.js', '/p/src/a.js'],
  ])('leads to a file: %s', (path, file) => {
    expect(toPlainPath(path)).toBe(file);
    expect(toLoadedFiles({ 'watch:require': [path] })).toEqual([file]);
  });
});

describe('a process that waits', () => {
  const loader = '--experimental-loader file:///p/.pnp.loader.mjs';

  it.each([
    [`--require /p/.pnp.cjs ${loader}`, true],
    [`--require "/my p/.pnp.cjs" ${loader}`, true],
    ['--require /p/.pnp.cjs', true],
    [`--no-warnings --require /p/.pnp.cjs ${loader} --enable-source-maps`, true],
    [`--require /p/first.cjs --require /p/.pnp.cjs ${loader}`, false],
    [`--require /p/.pnp.cjs ${loader} --require /p/next.cjs`, false],
    ['--experimental-loader file:///p/loader.mjs', false],
    ['--require /p/.pnp.cjs.js', false],
  ])('may load what Yarn has Node load, and nothing else: %s', (options, may) => {
    expect(canStandBy([], options)).toBe(may);
  });
});
