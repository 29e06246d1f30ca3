import { parse } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Makes ES modules of small CommonJS packages, so that chunks need no helpers of Rolldown's for these. */
export const unwrapCommonJs = {
  name: 'unwrap-commonjs',
  transform: {
    filter: { id: /\/node_modules\/(cookie|cookie-signature|ms|picocolors)\/.*\.js$/ },
    handler: (code) => ({
      code: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), module = { exports: {} }, { exports } = module; ${code}\nexport default module.exports;`,
      map: null,
    }),
  },
};

/**
 * Imports a chunk itself where `import()` leads to a file that only hands on what the chunk exports under
 * short names.
 */
export const skipFacades = {
  name: 'skip-facades',
  generateBundle(_, output) {
    for (const { fileName, isEntry, code } of Object.values(output)) {
      const facade = /^export \{ (.*) \} from "\.\/([\w-]+\.js)";\n/.exec(code ?? '');
      if (isEntry || !facade) continue;
      const [, names, chunk] = facade;
      const members = names
        .split(', ')
        .map((name) => name.split(' as '))
        .map(([from, to = from]) => `${to}: chunk.${from}`);
      const { base } = parse(fileName);
      for (const one of Object.values(output)) {
        const imported = new RegExp(`import\\("(\\S*)\\b${base}"\\)`, 'g');
        if (one.code)
          one.code = one.code.replaceAll(
            imported,
            `import("$1${chunk}").then((chunk) => ({ ${members.join(', ')} }))`,
          );
      }
      delete output[fileName];
      delete output[`${fileName}.map`];
    }
  },
};

/** Chunks that no start of an app loads. */
const LATE = new Set(['care', 'commands', 'inspector', 'threads']);
/** Characters of a source map that a file can carry itself. */
const SHORT = 500;

/**
 * Makes source maps small: they name the files and lines of `src`, without columns, and quote nothing. A short
 * one, that of an entry, and that of a chunk which no start of an app loads is a part of its file.
 */
export const shrinkSourceMaps = {
  name: 'shrink-source-maps',
  generateBundle(_, output) {
    for (const { fileName, isEntry, name } of Object.values(output)) {
      const file = output[`${fileName}.map`];
      if (!file) continue;
      const map = JSON.parse(file.source);
      const mappings = encode(
        decode(map.mappings).map(([first]) => (first ? [first.slice(0, 4)] : [])),
      );
      const text = JSON.stringify({ ...map, mappings, names: [], sourcesContent: undefined });
      if (isEntry || LATE.has(name) || text.length < SHORT) {
        const url = `data:application/json;base64,${Buffer.from(text).toString('base64')}`;
        output[fileName].code = output[fileName].code.replace(
          /(?<=\n\/\/# sourceMappingURL=).*/,
          url,
        );
        delete output[file.fileName];
      } else file.source = text;
    }
  },
};
