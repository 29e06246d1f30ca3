import type { Language } from './order.ts';

/** How a language says what an app has to say. */
export interface Syntax {
  extension: string;
  /** Makes `require` and `loaded`. */
  header: string[];
  load(what: string, from: string): string;
  export(name: string, value: string): string;
  exportList(names: string[]): string[];
  /** How a file of the app is named by another. */
  toLocal(name: string): string;
  /** The folder of the file. */
  folder: string;
}

const IMPORT = {
  load: (what: string, from: string) => `import ${what} from '${from}';`,
  export: (name: string, value: string) => `export const ${name} = ${value};`,
  exportList: (names: string[]) => [`export { ${names.join(', ')} };`],
};

const REQUIRE = {
  load: (what: string, from: string) => `const ${what.replace('* as ', '')} = require('${from}');`,
  export: (name: string, value: string) => `exports.${name} = ${value};`,
  exportList: (names: string[]) => names.map((name) => `exports.${name} = ${name};`),
};

const MAKE_REQUIRE = [
  `import { createRequire } from 'node:module';`,
  'const require = createRequire(import.meta.url);',
];

const SYNTAXES: Record<Language, Syntax> = {
  ESM: {
    ...IMPORT,
    extension: 'js',
    header: [...MAKE_REQUIRE, 'const loaded = [];'],
    toLocal: (name) => `./${name}.js`,
    folder: 'import.meta.dirname',
  },
  CommonJS: {
    ...REQUIRE,
    extension: 'js',
    header: ['const loaded = [];'],
    toLocal: (name) => `./${name}`,
    folder: '__dirname',
  },
  'ESM in TypeScript': {
    ...IMPORT,
    extension: 'ts',
    header: [...MAKE_REQUIRE, 'const loaded: [string, unknown][] = [];'],
    toLocal: (name) => `./${name}.js`,
    folder: 'import.meta.dirname',
  },
  'CommonJS in TypeScript': {
    ...IMPORT,
    extension: 'ts',
    header: ['const loaded: [string, unknown][] = [];'],
    toLocal: (name) => `./${name}`,
    folder: '__dirname',
  },
};

export function toSyntax(language: Language): Syntax {
  return SYNTAXES[language];
}
