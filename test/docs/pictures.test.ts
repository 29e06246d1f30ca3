import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SCALE, SCHEMES } from '../checks/pictures/run.ts';
import { SIZE } from '../checks/pictures/stage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Bytes: README shall be there at once. */
const MOST = 500_000;

it.each(SCHEMES)('README shows the moving picture of a restart, %s', (scheme) => {
  const path = `docs/pictures/restart-${scheme}.gif`;
  const gif = readFileSync(join(ROOT, path));
  expect(gif.length).toBeLessThan(MOST);
  expect(gif.subarray(0, 6).toString()).toBe('GIF89a');
  expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([
    SIZE.width * SCALE,
    SIZE.height * SCALE,
  ]);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(path);
});
