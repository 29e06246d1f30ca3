import { rows } from '../../support/depth.ts';
import { compareRows } from './compare.ts';
import { KINDS } from './project.ts';
import { modules } from './rows/modules.ts';
import { packages } from './rows/packages.ts';
import { lastingPatches, patches } from './rows/patches.ts';
import { reExports } from './rows/re-exports.ts';
import { sourceMaps, stacks, typeScript } from './rows/stacks.ts';
import { surroundings } from './rows/surroundings.ts';
import { texts } from './rows/texts.ts';

const ROWS = {
  ...reExports,
  ...surroundings,
  ...packages,
  ...modules,
  ...texts,
  ...patches,
  ...lastingPatches,
};

const TABLE = KINDS.map((name) => ({ name }));

for (const { name: kind } of rows(TABLE, 'CommonJS', 'TypeScript')) {
  const typed = kind.startsWith('TypeScript') ? { ...sourceMaps, ...typeScript } : {};
  compareRows(`an app: ${kind}`, { kind, rows: { ...stacks, ...typed, ...ROWS } });
}
