import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileMarks } from '../../src/watch/standby/file-marks.ts';
import { createTempFolder } from '../support/temp-folder.ts';

function begin() {
  const root = createTempFolder();
  const write = (name: string, content: string): string => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
    return join(root, name);
  };
  return { root, write, marks: new FileMarks() };
}

describe('the marks of files', () => {
  it('hold while nothing has changed', () => {
    const { root, write, marks } = begin();
    marks.add([write('one.js', 'old'), join(root, 'missing.js')], Infinity);
    expect(marks.findChanged()).toEqual([]);
  });

  it('tell a file that was written anew, also at its old length and time', () => {
    const { write, marks } = begin();
    const path = write('one.js', 'old');
    const time = new Date('2026-01-01');
    utimesSync(path, time, time);
    marks.add([path], Infinity);
    write('one.js', 'new');
    utimesSync(path, time, time);
    expect(marks.findChanged()).toHaveLength(1);
  });

  it('tell a file that has gone, and one that has come', () => {
    const { root, write, marks } = begin();
    marks.add([write('one.js', 'old')], Infinity);
    rmSync(join(root, 'one.js'));
    expect(marks.findChanged()).toHaveLength(1);

    const others = begin();
    others.marks.add([join(others.root, 'later.js')], Infinity);
    others.write('later.js', '');
    expect(others.marks.findChanged()).toHaveLength(1);
  });

  it('of a folder tell code that comes or goes, and not what is saved or is no code', () => {
    const { root, write, marks } = begin();
    write('one.ts', 'old');
    marks.addFolders([root], Infinity);
    write('one.ts', 'new');
    write('data.db', '');
    expect(marks.findChanged()).toEqual([]);
    write('two.ts', '');
    expect(marks.findChanged()).toEqual([root]);
  });

  it('never hold for a file that was written after it may have been read', () => {
    const { write, marks } = begin();
    marks.add([write('one.js', 'new')], Date.now() - 60_000);
    expect(marks.findChanged()).toHaveLength(1);
  });
});
