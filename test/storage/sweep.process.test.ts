import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { sweepIfDue } from '../../src/storage/directory/sweep.ts';
import { poll } from '../support/poll.ts';
import { openDirectory } from '../support/session-directory.ts';

const HOUR = 60 * 60 * 1000;

it('sweeps expired files, and only those, when a sweep is due', async () => {
  const { storage, files } = openDirectory();
  await storage.set('short', 'x', 1);
  await storage.set('long', 'x', 9 * HOUR);
  await storage.set('gone', 'x', 9 * HOUR);
  await storage.retire('gone', 1);
  await files.settled();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
  onTestFinished(() => void vi.useRealTimers());
  void sweepIfDue(files);
  const records = () => readdirSync(files.layout.directory).filter((name) => name.length === 64);
  await poll(() => records().length === 1);
  expect(await storage.count()).toBe(1);
  expect(existsSync(join(files.layout.directory, '.lastExpire'))).toBe(true);
});

it('sweeps once an hour, whatever process does', async () => {
  const { storage, files } = openDirectory();
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  onTestFinished(() => void vi.useRealTimers());
  await sweepIfDue(files);
  await storage.set('short', 'x', 1);
  await files.settled();
  vi.setSystemTime(start + HOUR - 1000);
  await sweepIfDue(openDirectory(files.layout.directory).files);
  const records = () => readdirSync(files.layout.directory).filter((name) => name.length === 64);
  expect(records()).toHaveLength(1);
  vi.setSystemTime(start + HOUR + 1000);
  await sweepIfDue(files);
  expect(records()).toHaveLength(0);
});
