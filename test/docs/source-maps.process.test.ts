import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { CLI } from '../support/tools.ts';

const ROOT = dirname(dirname(CLI));

it('source maps of the package lead a stack into src', () => {
  const code = `
    import { createSessionStore } from 'holdover';
    try { createSessionStore({ lifetime: -1 }); } catch (error) { console.log(error.stack); }`;
  const flags = ['--enable-source-maps', '--input-type=module', '--eval', code];
  const stack = execFileSync(process.execPath, flags, { cwd: ROOT, encoding: 'utf8' });
  expect(stack).toMatch(/src\/options\/values\.ts:\d+/);
  expect(stack).not.toContain('dist/');
});
