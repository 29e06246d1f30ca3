import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './requests.js';

/** Between an answer and the next question, in milliseconds. */
const POLL_INTERVAL = 5;

/** A question that waits for so long gets company, in milliseconds: it may be the only one to wait. */
const POLL_PATIENCE = 250;

/** When the old code still answers so long after a save, the save was not seen; milliseconds. */
const SAVE_PATIENCE = 3000;

/** When nothing answers for so long, another save may help; milliseconds. */
const START_PATIENCE = 30_000;

/** A restarter that needs more saves than that has broken down. */
const MOST_SAVES = 6;

/**
 * Saves the app and asks on new connections until the new code answers. Each save has a version of its
 * own, so that an answer tells which save it is the answer to: one that was saved again because it was
 * slow is not taken for a fast one.
 *
 * @param {Counts} polls what became of the questions
 * @returns {Promise<{ time: number, missed: number }>} milliseconds from the save to the end of the
 *   first answer of the new code; the saves before that were not seen
 */
export async function measureRestart({ name, app, describe }, polls) {
  const saves = new Map();
  const pending = new Set();
  let savedAt = -Infinity;
  let isOldAnswering = true;
  let first;
  const ask = async () => {
    const answer = await send(app.url, { path: '/version' });
    polls.add(answer);
    const save = answer.status === 200 ? saves.get(JSON.parse(answer.body).version) : undefined;
    if (save) first ??= { time: performance.now() - save.savedAt, missed: save.missed };
    isOldAnswering = answer.status === 200 && !save;
  };
  for (;;) {
    if (performance.now() - savedAt > (isOldAnswering ? SAVE_PATIENCE : START_PATIENCE)) {
      if (saves.size === MOST_SAVES) {
        throw new Error(`${name} did not restart after ${MOST_SAVES} saves.\n${describe()}`);
      }
      const version = `${name} ${++app.saves}`;
      savedAt = performance.now();
      saves.set(version, { savedAt, missed: saves.size });
      app.save(version);
    }
    const asked = ask().finally(() => pending.delete(asked));
    pending.add(asked);
    await Promise.race([asked, sleep(POLL_PATIENCE, undefined, { ref: false })]);
    if (first) break;
    await sleep(POLL_INTERVAL);
  }
  await Promise.all(pending); // they waited in the same queue
  return first;
}
