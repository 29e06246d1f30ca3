import type { Loading, Order } from './order.ts';
import { toSyntax, type Syntax } from './syntax.ts';

interface AppFile {
  name: string;
  text: string;
}

/** The files of the app that was drawn; the last is the entry. */
export function toFiles(order: Order): AppFile[] {
  const syntax = toSyntax(order.language);
  const parts = order.files.slice(0, -1);
  return [
    toFile('first', toFirst(order.spied, syntax), syntax),
    toFile('where', toWhere(syntax), syntax),
    toFile('nested', toNested(syntax), syntax),
    ...parts.map((part, index) => toFile(`part-${index}`, toPart(part, syntax), syntax)),
    toFile('server', toEntry(order, syntax), syntax),
  ];
}

function toFile(name: string, lines: string[], { extension }: Syntax): AppFile {
  return { name: `${name}.${extension}`, text: `${lines.join('\n')}\n` };
}

function toFirst(spied: string | undefined, syntax: Syntax): string[] {
  return [
    syntax.load('{ spyOn }', './observe/spy.cjs'),
    syntax.export('stacks', spied ? `spyOn('${spied}')` : '{}'),
  ];
}

/** The stack in the middle of loading, with as many frames as an app has of it. */
function toWhere(syntax: Syntax): string[] {
  return [
    syntax.load('{ readStack }', './observe/spy.cjs'),
    'let usual;',
    `try { throw new Error('here'); } catch (error) { usual = error.stack; }`,
    syntax.export('stacks', '{ usual, whole: readStack() }'),
  ];
}

/** One more level. */
function toNested(syntax: Syntax): string[] {
  return [
    syntax.load('* as where', syntax.toLocal('where')),
    syntax.export('stacks', 'where.stacks'),
  ];
}

/** Loads packages, some of them only when they are asked for. */
function toPart(part: Loading[], syntax: Syntax): string[] {
  const first = part.filter(({ way }) => way !== 'import()');
  const late = part.filter(({ way }) => way === 'import()');
  const imported = first.filter(({ way }) => way === 'import');
  return [
    ...imported.map(({ name }, index) => syntax.load(`* as p${index}`, name)),
    ...syntax.header,
    ...imported.map(({ name }, index) => `loaded.push(['${name}', p${index}]);`),
    ...first
      .filter(({ way }) => way === 'require')
      .map(({ name }) => `loaded.push(['${name}', require('${name}')]);`),
    ...syntax.exportList(['loaded', 'late']),
    'async function late() {',
    ...late.map(({ name }) => `  loaded.push(['${name}', await import('${name}')]);`),
    '}',
  ];
}

function toEntry({ files, last }: Order, syntax: Syntax): string[] {
  const parts = files.slice(0, -1).map((_, index) => `part${index}`);
  const own = files.at(-1) ?? [];
  return [
    syntax.load('* as first', syntax.toLocal('first')),
    ...parts.map((name, index) => syntax.load(`* as ${name}`, syntax.toLocal(`part-${index}`))),
    syntax.load('* as nested', syntax.toLocal('nested')),
    ...toPart(own, syntax),
    syntax.load('{ createServer }', 'node:http'),
    syntax.load('{ observe }', './observe/observe.cjs'),
    'async function main() {',
    `  for (const part of [${parts.join(', ')}]) { await part.late(); loaded.push(...part.loaded); }`,
    '  await late();',
    '  const server = createServer((request, response) => response.end(request.url));',
    `  const stacks = { ...nested.stacks, spied: first.stacks.whole ?? '' };`,
    '  server.listen(process.env.PORT, () => {',
    `    observe({ loaded, require, folder: ${syntax.folder}, stacks });`,
    `    ${last.way === 'require' ? 'require' : 'void import'}('${last.name}');`,
    '  });',
    '}',
    'void main();',
  ];
}
