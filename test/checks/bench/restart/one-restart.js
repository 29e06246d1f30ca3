import { pollVersion } from './polling.js';

/** When the old code still answers so long after a save, the save was not seen; milliseconds. */
const SAVE_PATIENCE = 3000;

/** An answer of the old code says for so long that it is still there; milliseconds. */
const RECENT = 500;

/** When nothing answers for so long, another save may help; milliseconds. */
const START_PATIENCE = 30_000;

/** A restarter that needs more saves than that has broken down. */
const MOST_SAVES = 3;

/**
 * Saves the app and asks until the new code answers. Each save has a version of its own, so that an
 * answer tells which save it is the answer to: one that was saved again because it was slow is not taken
 * for a fast one.
 *
 * @param {Counts} polls what became of the questions
 * @returns {Promise<{ time: number, missed: number } | undefined>} milliseconds from the save to the end
 *   of the first answer of the new code, and the saves before that were not seen; `undefined` where the
 *   restarter has broken down
 */
export async function measureRestart(host, polls) {
  const saves = new Map();
  let savedAt;
  let oldAnsweredAt = -Infinity;
  let first;
  const save = () => {
    savedAt = performance.now();
    saves.set(host.app.save(), { savedAt, missed: saves.size });
  };
  save();
  await pollVersion(
    host,
    polls,
    () => {
      if (first) return false;
      const now = performance.now();
      const isOldAnswering = now - oldAnsweredAt < RECENT;
      if (now - savedAt < (isOldAnswering ? SAVE_PATIENCE : START_PATIENCE)) return true;
      if (saves.size === MOST_SAVES) return false;
      save();
      return true;
    },
    (version) => {
      const saved = saves.get(version);
      if (saved) first ??= { time: performance.now() - saved.savedAt, missed: saved.missed };
      else if (version !== undefined) oldAnsweredAt = performance.now();
    },
  );
  return first;
}
