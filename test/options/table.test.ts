import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../src/options/manifest.ts';
import { OPTIONS as TABLE, toDefaults } from '../../src/options/table.ts';
import { createApp } from '../support/app.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'options.md'), 'utf8');

/** A row of the table of options; what is empty there is empty here. */
interface Row {
  option: string;
  variable: string;
  meaning: string;
  fallback: string;
}

function readRows(): Row[] {
  const [, table = ''] = /^\| option .*\n\|[ |-]+\n((?:\|.*\n)+)/m.exec(PAGE) ?? [];
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const [, option = '', variable = '', meaning = '', fallback = ''] = cells;
      return { option: toCode(option), variable: toCode(variable), meaning, fallback };
    });
}

/** What stands there as code, and must stand there alone. */
function toCode(cell: string): string {
  return cell.replace(/^`([^`]*)`$/, '$1');
}

/** What the table of the options says, in the words of the page. */
const OPTIONS = TABLE.map(({ name, variable = '', only, parse }) => ({
  name,
  parse,
  option: only === 'environment' ? '' : name,
  variable,
  isCodeOnly: only === 'code',
}));

describe('the table of the page about options', () => {
  const rows = readRows();
  const toLine = (option: string, variable: string, isCodeOnly: boolean): string =>
    [option, variable, isCodeOnly ? 'code only' : ''].join(' | ');

  it('names each option and its variable, those of code only, and nothing else', () => {
    const documented = rows.map(({ option, variable, meaning }) =>
      toLine(option, variable, meaning.startsWith('code only: ')),
    );
    const known = OPTIONS.map(({ option, variable, isCodeOnly }) =>
      toLine(option, variable, isCodeOnly),
    );
    expect(documented.sort()).toEqual(known.sort());
  });

  it.each(OPTIONS)('gives the default of $name', ({ name, option, variable, parse }) => {
    const row = rows.find((one) => one.option === option && one.variable === variable);
    const codes = [...(row?.fallback ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code);
    const root = resolve('project');
    // The first is that of production, the last that of development.
    for (const [isProduction, code] of [
      [true, codes[0]] as const,
      [false, codes.at(-1)] as const,
    ]) {
      const { [name]: known } = toDefaults(root, isProduction);
      const documented = code && parse(name, asTyped(code), true);
      const isPath = name === 'directory' && typeof documented === 'string';
      const wanted = isPath ? resolve(root, documented) : documented;
      expect(wanted).toEqual(Array.isArray(known) && known.length === 0 ? undefined : known);
    }
  });

  it('has in package.json what it says, and nothing else', async () => {
    const app = await createApp();
    const isTaken = (name: string): boolean => {
      app.write('package.json', JSON.stringify({ name: 'project', holdover: { [name]: 'x' } }));
      try {
        readManifest(app.folder);
        return true;
      } catch {
        return false;
      }
    };
    for (const { name } of OPTIONS) {
      const row = rows.find(({ option }) => option === name);
      const isDocumented = row !== undefined && !row.meaning.startsWith('code only: ');
      expect(`${name} ${isTaken(name)}`).toBe(`${name} ${isDocumented}`);
    }
  });
});

/** `false` is no text. */
function asTyped(code: string): string | boolean {
  return code === 'false' ? false : code;
}
