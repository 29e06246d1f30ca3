/**
 * What a person sees of the inspector, and when. Times are in milliseconds of the page: its clock begins with
 * the navigation.
 */

const FILTER = 'input[type=search]';

/** Longest that is waited for anything. */
const timeout = 300_000;

/**
 * In the page, before its own code: writes down what the list says after each change, once it is on the
 * screen, and when a key was pressed last.
 */
export function notePaints() {
  const noted = (globalThis.noted = { paints: [], pressed: 0 });
  addEventListener('keydown', ({ timeStamp }) => (noted.pressed = timeStamp), true);
  let isExpected = false;
  const note = () => {
    isExpected = false;
    const rows = document.querySelectorAll('table.sessions a.who[data-key]').length;
    const counted = document.querySelector('.counted')?.textContent ?? '';
    noted.paints.push({ at: performance.now(), rows, counted });
  };
  const expect = () => {
    if (isExpected) return;
    isExpected = true;
    requestAnimationFrame(() => setTimeout(note)); // the frame is drawn in between
  };
  new MutationObserver(expect).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
  });
}

/** When the first rows were on the screen. */
export async function untilRows(page) {
  const found = await page.waitForFunction(
    () => globalThis.noted?.paints.find(({ rows }) => rows > 0)?.at,
    undefined,
    { timeout },
  );
  return found.jsonValue();
}

/** When all sessions were read. */
export async function untilComplete(page, count) {
  const text = count.toLocaleString('en');
  const found = await page.waitForFunction(
    (all) => globalThis.noted.paints.find(({ counted }) => counted.startsWith(all))?.at,
    text,
    { timeout },
  );
  return found.jsonValue();
}

/** Types into the filter. From the last key press to the rows that match. */
export async function typeFilter(page, text) {
  const before = await settle(page);
  await page.locator(FILTER).focus();
  await page.keyboard.type(text);
  const after = await settle(page, before);
  const time = await page.evaluate((counted) => {
    const { paints, pressed } = globalThis.noted;
    return paints.find(({ at, counted: shown }) => at > pressed && shown === counted).at - pressed;
  }, after);
  await page.locator(FILTER).fill('');
  await settle(page, after);
  return time;
}

/** Waits until the list says something else than before, and nothing new for a while. @returns what it says */
async function settle(page, before = '') {
  const found = await page.waitForFunction(
    (last) => {
      const { at, counted } = globalThis.noted.paints.at(-1);
      return counted !== last && performance.now() - at > 700 && counted;
    },
    before,
    { timeout },
  );
  return found.jsonValue();
}

/** The JavaScript heap of a page without garbage, in bytes. */
export async function readHeap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
