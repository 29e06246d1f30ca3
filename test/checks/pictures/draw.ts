// The moving picture of a restart in README, from a real run: `npm run draw:restart`. Linux, with chromium.
//
// It is a GIF, and not an animated SVG, because it has photographs of real pages in it, because GitHub lets
// a reader stop a GIF, and stops it for those who want no motion, and because npm shows it, too.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { toGif, type Frame } from './gif.ts';
import { run, SCALE, SCHEMES, type Scheme } from './run.ts';
import { toScenes, type Scene } from './scenes.ts';
import { SIZE, toStage } from './stage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
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
    const gif = toGif(await draw(browser, scenes, scheme));
    writeFileSync(join(PICTURES, `restart-${scheme}.gif`), gif);
    console.log(`docs/pictures/restart-${scheme}.gif: ${Math.ceil(gif.length / 1000)} kB`);
  }
} finally {
  await browser.close();
}

async function draw(on: Browser, scenes: Scene[], scheme: Scheme): Promise<Frame[]> {
  const page = await on.newPage({ viewport: SIZE, deviceScaleFactor: SCALE });
  const frames: Frame[] = [];
  for (const [number, scene] of scenes.entries()) {
    await page.setContent(toStage(scene, scheme), { waitUntil: 'load' });
    const name = `${scheme}-${String(number).padStart(2, '0')}.png`;
    const png = await page.screenshot({ path: join(FRAMES, name) });
    frames.push({ png, delay: scene.delay });
  }
  await page.close();
  return frames;
}
