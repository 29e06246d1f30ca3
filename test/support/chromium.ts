import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Where systems keep a browser; `undefined` when this one has none. */
export const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

/** A page in a browser of its own, which is closed with the test. */
export async function openPage(): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM as string,
    args: ['--no-sandbox'],
  });
  onTestFinished(() => browser.close());
  return browser.newPage();
}

/** Where a screenshot is kept: in the folder that SCREENSHOTS names, or in `test/results`, which git ignores. */
export function screenshotPath(name: string): string {
  const folder = process.env.SCREENSHOTS ?? join(import.meta.dirname, '..', 'results');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
