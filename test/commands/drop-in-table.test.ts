import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/commands/watch/settings.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/drop-in.md'), 'utf8');

/** The rows of each table: `['node --watch', '--watch-path=<path>', '`--include`; …']`, one a flag. */
const rows = text.split('### ').flatMap((section): [tool: string, flag: string, here: string][] => {
  const [tool = ''] = section.split('\n');
  const cells = [...section.matchAll(/^\| (`.*`) +\| (.*?) *\|$/gm)];
  return cells.flatMap(([, flags = '', here = '']) =>
    [...flags.matchAll(/`([^`]+)`/g)].map(([, flag = '']): [string, string, string] => [
      tool,
      flag,
      here,
    ]),
  );
});

const SAMPLES: Record<string, string> = { file: 'package.json', command: 'node', list: 'html' };

/** `--signal <signal>` with something in the place of what is in brackets. */
function toWords(flag: string): string[] {
  return flag.replace(/<(\w+)>/, (_, what: string) => SAMPLES[what] ?? 'test').split(' ');
}

/** What the parser makes of a flag, as the table says it. */
function understand(flag: string): RegExp {
  const words = toWords(flag);
  const [name = ''] = words[0]?.split('=') ?? [];
  const settings = catchError(() => readSettings([...words, 'app.js']));
  if (settings instanceof Error) {
    expect(settings.message).toMatch(
      new RegExp(`holdover watch does not take -.*\\. [A-Z].*\\.$|"${words[1]}"`),
    );
    return /^refused/;
  }
  expect(settings.args).toEqual([]);
  const { own, nodeFlags, include, exclude } = settings;
  const isOfNodemon = /^(-x|--exec|--config)$/.test(name); // what it says is taken from there
  if (nodeFlags.length > 0 && !isOfNodemon) {
    expect(nodeFlags).toEqual(words);
    return /^goes to Node/;
  }
  if (include.length > 0) return /^`--include`/;
  if (exclude.length > 0) return /^`--exclude`/;
  if (isOfNodemon) return /^read\b/;
  if (own.length === 0) return /^no effect/;
  const [ownName = ''] = own[0]?.split('=') ?? [];
  return ownName === name && words.length <= 2 && !flag.includes('=true')
    ? /^the same/
    : new RegExp(`^\`${ownName}\``);
}

function catchError<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error as Error;
  }
}

function help(...words: string[]): string[] {
  const output = execFileSync(process.execPath, words, { encoding: 'utf8' });
  return [...output.matchAll(/^\s*(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) =>
    [short, long].filter((flag) => flag !== undefined),
  );
}

function binOf(name: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
}

describe('the table of flags in the docs', () => {
  it.each(rows)('%s %s is what the parser makes of it: %s', (_, flag, here) => {
    expect(here).toMatch(understand(flag));
  });

  it('has every flag of the tools that are installed here', () => {
    const have = (tool: string): string[] =>
      rows.filter(([name]) => name === tool).map(([, flag]) => flag.split(/[ =]/)[0] as string);
    const tsx = help(binOf('tsx', 'dist/cli.mjs'), 'watch', '--help');
    expect(tsx.filter((flag) => !have('tsx watch').includes(flag))).toEqual([]);
    expect(tsx.length).toBeGreaterThan(5);
    const nodemon = help(binOf('nodemon', 'bin/nodemon.js'), '--help', 'options');
    expect(nodemon.filter((flag) => !have('nodemon').includes(flag))).toEqual([]);
    expect(nodemon.length).toBeGreaterThan(10);
    const node = help('--help').filter((flag) => flag.startsWith('--watch'));
    expect(node.filter((flag) => !have('node --watch').includes(flag))).toEqual([]);
    expect(node.length).toBeGreaterThan(1);
  });
});
