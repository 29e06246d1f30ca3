// The moving picture of a restart in README, from a real run: `npm run draw:restart`. Linux, with chromium and
// img2webp (`apt-get install webp`).
//
// It is not an animated SVG, because it has photographs of real pages in it, and not a GIF, which is twice as large:
// the picture is a part of the package.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { run, SCALE, SCHEMES, type Scheme } from './run.ts';
import { toScenes, type Scene } from './scenes.ts';
import { SIZE, toStage } from './stage.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PICTURES = join(ROOT, 'docs', 'pictures');
/** Where the single frames are, for whoever looks at them; git ignores it. */
const FRAMES = join(ROOT, 'test', 'results', 'restart');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const scenes = toScenes(await run(browser));
  for (const folder of [PICTURES, FRAMES]) mkdirSync(folder, { recursive: true });
  for (const scheme of SCHEMES) {
    const frames = await draw(browser, scenes, scheme);
    const picture = join(PICTURES, `restart-${scheme}.webp`);
    const each = frames.flatMap(({ path, delay }) => ['-d', `${delay}`, path]);
    const quality = ['-lossy', '-q', '35', '-m', '6'];
    execFileSync('img2webp', ['-loop', '0', ...quality, ...each, '-o', picture]);
    console.log(`${picture}: ${Math.ceil(statSync(picture).size / 1000)} kB`);
  }
} finally {
  await browser.close();
}

/** A picture, and how long it stands, in milliseconds. */
interface Frame {
  path: string;
  delay: number;
}

async function draw(on: Browser, scenes: Scene[], scheme: Scheme): Promise<Frame[]> {
  const page = await on.newPage({ viewport: SIZE, deviceScaleFactor: SCALE });
  const frames: Frame[] = [];
  for (const [number, scene] of scenes.entries()) {
    await page.setContent(toStage(scene, scheme), { waitUntil: 'load' });
    const name = `${scheme}-${String(number).padStart(2, '0')}.png`;
    const path = join(FRAMES, name);
    await page.screenshot({ path });
    frames.push({ path, delay: scene.delay });
  }
  await page.close();
  return frames;
}
