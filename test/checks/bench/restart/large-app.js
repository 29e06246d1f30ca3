import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../large-app/src', import.meta.url));

const SIZE = 300;

/** The feature that is written by hand; the others are it by other names. */
const PATTERN = 'supplier';
const NAMES = (
  'allergen banquet caterer coupon courier decorator delivery-slot deposit driver florist gift-card ' +
  'insurer invoice keynote-speaker loan musician parking-lot photographer playlist refund reminder ' +
  'reviewer room-plan seating-chart sponsor supplier tablecloth toast vehicle volunteer waiter'
).split(' ');

/**
 * Makes the app of 44 files one of 300: a back office with features of eight files each (types, a
 * schema, examples, a repository, a service, dates, a page and routes), all imported statically.
 */
export function enlargeApp(folder) {
  const src = join(folder, 'src');
  cpSync(join(SOURCE, 'shared'), join(src, 'shared'), { recursive: true });
  for (const name of NAMES) writeFeature(join(src, 'features', name), name);
  writeFileSync(join(src, 'features', 'features.ts'), toIndex());
  mountFeatures(join(src, 'app.ts'));
  const files = readdirSync(src, { recursive: true }).filter((name) => name.endsWith('.ts'));
  if (files.length !== SIZE) throw new Error(`The large app has ${files.length} files.`);
}

function writeFeature(folder, name) {
  const pattern = join(SOURCE, 'features', PATTERN);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(pattern)) {
    const text = readFileSync(join(pattern, file), 'utf8')
      .replaceAll("'./supplier.ts'", `'./${name}.ts'`)
      .replaceAll('SUPPLIER', toPascal(name).toUpperCase())
      .replaceAll('Supplier', toPascal(name))
      .replaceAll(/'supplier'|supplier_|\/supplier/g, (part) => part.replace(PATTERN, name))
      .replaceAll(PATTERN, toCamel(name));
    writeFileSync(join(folder, file.replace(PATTERN, name)), text);
  }
}

function toIndex() {
  const imports = NAMES.map(
    (name) => `import { ${toCamel(name)}Routes } from './${name}/routes.ts';`,
  );
  const uses = NAMES.map((name) => `  router.use(${toCamel(name)}Routes());`);
  return `${imports.join('\n')}
import { Router } from 'express';

/** What the people in the office use. */
export function features(): Router {
  const router = Router();
${uses.join('\n')}
  return router;
}
`;
}

function mountFeatures(file) {
  const text = readFileSync(file, 'utf8');
  const mounted = text
    .replace(/^(?=import \{ handleErrors)/m, "import { features } from './features/features.ts';\n")
    .replace(/^(?= {2}app\.use\(handleNotFound)/m, "  app.use('/back-office', features());\n");
  if (mounted.split('features').length !== 5) throw new Error('The app has changed its form.');
  writeFileSync(file, mounted);
}

function toPascal(name) {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
}

function toCamel(name) {
  return toPascal(name).replace(/^./, (letter) => letter.toLowerCase());
}
