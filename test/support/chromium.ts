import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { currentLifetime } from './lifetime.ts';

/** Where systems keep a browser; `undefined` when this one has none. */
export const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

/** A page in a browser of its own, which is closed with the test; its console is shown when that fails. */
export async function openPage(): Promise<Page> {
  const lifetime = currentLifetime();
  const browser = await chromium.launch({
    executablePath: CHROMIUM as string,
    args: ['--no-sandbox'],
  });
  lifetime.atEnd(() => browser.close());
  const context = await browser.newContext(); // in which a test can open more pages
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  lifetime.onFailure(() => console.log(`The console of ${page.url()}:\n${messages.join('\n')}`));
  return page;
}

/** Takes a screenshot for people to look at, where SCREENSHOTS names a folder. */
export async function takePicture(page: Page, name: string, isFullPage = false): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isFullPage });
}
