import { describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../src/commands/watch/command-line.ts';
import { readCommandLine } from '../../src/commands/watch/read-command-line.ts';

describe('the command line of holdover watch', () => {
  it('tells its own flags, flags of Node and words of the app apart', () => {
    const own = new Map([
      ['--include', true],
      ['--clear-screen', false],
    ]);
    const words = '--include a --inspect --import ./x.mjs --clear-screen -r=y app.ts --include b';
    expect(splitCommandLine(words.split(' '), own)).toEqual({
      own: ['--include', 'a', '--clear-screen'],
      nodeFlags: ['--inspect', '--import', './x.mjs', '-r=y'],
      entry: 'app.ts',
      args: ['--include', 'b'],
    });
  });

  it('has no more flags after --', () => {
    const split = (words: string) => splitCommandLine(words.split(' '), new Map());
    expect(split('--inspect -- app.js --port 1')).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: 'app.js',
      args: ['--port', '1'],
    });
    expect(split('--inspect -- --port 1')).toMatchObject({
      nodeFlags: ['--inspect'],
      entry: undefined,
      args: ['--port', '1'],
    });
  });

  it('suggests the flag that may have been meant', () => {
    const read = (flag: string) => () => readCommandLine([flag, 'app.js']);
    expect(read('--inculde=a')).toThrow('no flag --inculde, neither');
    expect(read('--inculde=a')).toThrow('Did you mean --include?');
    expect(read('--env-fil=.env')).toThrow('Did you mean --env-file?');
    expect(read('--foo')).toThrow('See: holdover watch --help');
    for (const known of ['--stack-size=2000', '--max_old_space_size=100', '--env-file=.env'])
      expect(read(known)().nodeFlags).toEqual([known]);
    expect(read('--tsconfig=')).not.toThrow();
    expect(() => readCommandLine(['--exec'])).toThrow('--exec needs a value.');
  });
});
