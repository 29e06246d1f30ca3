import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SCALE, SCHEMES } from '../checks/pictures/run.ts';
import { SIZE } from '../checks/pictures/stage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Bytes: README shall be there at once. */
const MOST = 120_000;

it.each(SCHEMES)('README shows the moving picture of a restart, %s', (scheme) => {
  const path = `docs/pictures/restart-${scheme}.webp`;
  const picture = readFileSync(join(ROOT, path));
  expect(picture.length).toBeLessThan(MOST);
  expect(picture.toString('latin1', 8, 16)).toBe('WEBPVP8X');
  expect([picture.readUIntLE(24, 3) + 1, picture.readUIntLE(27, 3) + 1]).toEqual([
    SIZE.width * SCALE,
    SIZE.height * SCALE,
  ]);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(path);
});
