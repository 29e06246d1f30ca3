import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A statement of a declaration file that imports or exports from another one of them. */
const FROM_FILE = /^(?:import|export) [^;]*? from '(\.[^']+)\.(?:js|ts)';\n/gm;
/** One that imports from a package. */
const FROM_PACKAGE = /^import [^;]*? from '[^.][^']*';\n/gm;
/** A type that is named with the file that it is from, as the compiler writes one that it has inferred. */
const INLINE = /import\("(\.[^"]+)\.(?:js|ts)"\)\./g;
const DECLARED =
  /^(?:export )?(?:declare )?(?:default )?(?:abstract )?(?:class|const|enum|function|interface|let|type) (\w+)/gm;

/**
 * Writes the declarations of each entry, and those that entries share into one file, `types.d.ts`.
 *
 * @param entries paths of modules in `src`
 * @throws Error where two modules declare something of the same name
 */
export function buildTypes(root, entries, dist) {
  const folder = mkdtempSync(join(tmpdir(), 'holdover-types-'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', 'src', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  const shared = new Map();
  for (const entry of entries) {
    const name = basename(entry, '.ts');
    const file = join(folder, `${name}.d.ts`);
    for (const needed of listNeeded(file)) shared.set(needed, readFileSync(needed, 'utf8'));
    const text = readFileSync(file, 'utf8');
    const moved = text
      .replace(FROM_FILE, (statement) => statement.replace(/'[^']*';\n$/, "'./types.js';\n"))
      .replace(INLINE, 'import("./types.js").');
    writeFileSync(join(dist, `${name}.d.ts`), moved);
  }
  writeFileSync(join(dist, 'types.d.ts'), concatenate([...shared.values()]));
  rmSync(folder, { recursive: true });
}

/** Lists the declaration files that one imports, and those that these import. */
function listNeeded(file, found = new Set()) {
  const text = readFileSync(file, 'utf8');
  for (const [, path] of [...text.matchAll(FROM_FILE), ...text.matchAll(INLINE)]) {
    const needed = join(dirname(file), `${path}.d.ts`);
    if (found.has(needed)) continue;
    found.add(needed);
    listNeeded(needed, found);
  }
  return found;
}

function concatenate(texts) {
  const names = texts.flatMap((text) => Array.from(text.matchAll(DECLARED), ([, name]) => name));
  const repeated = names.filter((name, i) => names.indexOf(name) !== i);
  if (repeated.length > 0) throw new Error(`Two modules declare ${repeated.join(', ')}.`);
  const imports = new Set(texts.flatMap((text) => text.match(FROM_PACKAGE) ?? []));
  const rest = texts.map((text) =>
    text.replace(FROM_FILE, '').replace(FROM_PACKAGE, '').replace(INLINE, '').trim(),
  );
  return [...imports, ...rest].join('\n');
}
