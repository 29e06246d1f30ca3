import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createApp, writeOver, type App } from '../../support/app.ts';
import { linkPackage } from '../../support/packages.ts';

/**
 * A way in which an app could notice that its process has waited for it: a module of an app that finds
 * out a fact, which has to be the same in every run.
 */
export interface Row {
  /**
   * An ES module, translated for an app in CommonJS. Its default export is the fact, as JSON, or a
   * function that gives it when all rows are loaded. `require` is there in both.
   */
  code: string;
  /** Packages, and more files of the app, by path. */
  files?: Record<string, string>;
  /** Real packages, beside those that every app has. */
  packages?: string[];
  /** Folders of the app that are linked as packages, as in a workspace. */
  links?: Record<string, string>;
}

export type Rows = Record<string, Row>;

/** In which language an app is written, and for which module system. */
export const KINDS = ['an ES module', 'CommonJS', 'TypeScript', 'TypeScript as CommonJS'] as const;
export type Kind = (typeof KINDS)[number];

/** What the files of an app say of the save that they have read. */
export interface Save {
  run: number;
  /** Milliseconds since the epoch: nothing that a run does is earlier. */
  at: number;
}

/** An app that prints the facts of its rows once, as JSON after the word `said`. */
export class Project {
  readonly app: App;
  readonly entry: string;
  readonly isTypeScript: boolean;
  readonly #isCommonJs: boolean;

  static async create(kind: Kind, rows: Rows): Promise<Project> {
    const project = new Project(await createApp(), kind);
    const { app } = project;
    app.write('package.json', JSON.stringify({ name: 'rows', type: project.#type }));
    project.save(0);
    for (const [name, { code, files = {}, packages = [], links = {} }] of Object.entries(rows)) {
      project.write(`rows/${toSlug(name)}.js`, code);
      for (const [path, content] of Object.entries(files)) project.write(path, content);
      for (const used of packages) linkPackage(app, used);
      for (const [path, folder] of Object.entries(links)) link(app, path, folder);
    }
    project.write('main.js', toEntry(Object.keys(rows)));
    return project;
  }

  private constructor(app: App, kind: Kind) {
    this.app = app;
    this.isTypeScript = kind.startsWith('TypeScript');
    this.#isCommonJs = kind.endsWith('CommonJS');
    this.entry = this.#toPath('main.js');
  }

  get #type(): string {
    return this.#isCommonJs ? 'commonjs' : 'module';
  }

  /** Writes a file of the app in the app's language, or one of a package as it is. */
  write(path: string, content: string): void {
    if (path.includes('node_modules/') || !path.endsWith('.js')) this.app.write(path, content);
    else this.app.write(this.#toPath(path), this.#translate(content));
  }

  /**
   * Saves what the app tells its runs apart by.
   *
   * @param at when the first file for this run was saved: the run may have begun by now
   */
  save(run: number, at = Date.now()): void {
    const code = `export const saved = ${JSON.stringify({ run, at })};\n`;
    writeOver(this.app, this.#toPath('saved.js'), this.#translate(code));
  }

  /** Writes a comment below all that is in a file of the app. */
  comment(path: string, comment: string): void {
    const file = this.#toPath(path);
    writeOver(this.app, file, `${this.app.read(file)}// ${comment}\n`);
  }

  #toPath(path: string): string {
    return this.isTypeScript ? path.replace(/\.js$/, '.ts') : path;
  }

  #translate(code: string): string {
    if (this.#isCommonJs) return toCommonJs(code);
    return /\brequire\b/.test(code) ? `${REQUIRE} ${code}` : code;
  }
}

/** Links a folder of the app as a package. */
export function link({ folder }: App, path: string, target: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(join(folder, target), join(folder, path), 'junction');
}

/** On the first line of a module, whose lines keep their numbers. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

function toSlug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** The entry; a fact that is a function is asked for in the order of the rows. */
function toEntry(names: string[]): string {
  const imports = names.map(
    (name, index) => `import row${index} from './rows/${toSlug(name)}.js';`,
  );
  const rows = names.map((name, index) => `${JSON.stringify(name)}: row${index}`);
  return `import { saved } from './saved.js';
${imports.join('\n')}
import { createServer } from 'node:http';
const rows = { ${rows.join(', ')} };
async function tell() {
  const facts = {};
  for (const [name, row] of Object.entries(rows)) {
    facts[name] = await (typeof row === 'function' ? row() : row);
  }
  const said = JSON.stringify({ ...saved, pid: process.pid, facts });
  createServer().listen(0, () => console.log('said ' + said));
}
void tell();
`;
}

/** Only the forms that the rows use. */
function toCommonJs(code: string): string {
  return code
    .replaceAll(/\bimport (\w+), (\{[^}]*\}) from ('[^']+')/g, 'const $1 = require($3), $2 = $1')
    .replaceAll(/\bimport (\w+|\{[^}]*\}) from ('[^']+')/g, 'const $1 = require($2)')
    .replaceAll(/\bimport ('[^']+')/g, 'require($1)')
    .replaceAll(/\bexport default /g, 'module.exports = ')
    .replaceAll(/\bexport const (\w+) =/g, 'exports.$1 =');
}
