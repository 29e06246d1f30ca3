import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { waitWithin } from '../../src/watch/timing.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Says a word, and leaves a file behind when that is with the kernel. */
const SAY = `process.stdin.once('data', () => {
  const { writeFileSync, writeSync } = require('node:fs');
  writeSync(1, 'a word');
  writeFileSync('said', '');
});`;

it('counts what has come while this process was kept from running', async () => {
  const cwd = createTempFolder();
  const child = spawn(process.execPath, ['-e', SAY], { cwd });
  onTestFinished(() => void child.kill());
  const word = once(child.stdout, 'data');
  child.stdin.write('say it');
  const isInTime = waitWithin(1, word);
  while (!existsSync(join(cwd, 'said'))); // it does nothing else meanwhile
  expect(await isInTime).toBe(true);
});

it('waits no longer than it should', async () => {
  expect(await waitWithin(1, new Promise(() => {}))).toBe(false);
});
