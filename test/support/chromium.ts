import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { onTestFailed, onTestFinished } from 'vitest';

/** Where systems keep a browser; `undefined` when this one has none. */
export const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

/** A page in a browser of its own, which is closed with the test; its console is shown when that fails. */
export async function openPage(): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM as string,
    args: ['--no-sandbox'],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext(); // in which a test can open more pages
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  onTestFailed(() => console.log(`The console of ${page.url()}:\n${messages.join('\n')}`));
  return page;
}

/** Where a screenshot is kept: in the folder that SCREENSHOTS names, or in `test/results`, which git ignores. */
export function screenshotPath(name: string): string {
  const folder = process.env.SCREENSHOTS ?? join(import.meta.dirname, '..', 'results');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
