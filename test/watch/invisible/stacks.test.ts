import { compareRows } from './compare.ts';
import { KINDS } from './project.ts';
import { sourceMaps, stacks, typeScript } from './rows/stacks.ts';

for (const kind of KINDS) {
  const typed = kind.startsWith('TypeScript') ? { ...sourceMaps, ...typeScript } : {};
  compareRows(`an app: ${kind}`, { kind, rows: { ...stacks, ...typed } });
}
