import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './requests.js';

/** Between an answer and the next question, in milliseconds. */
const INTERVAL = 5;

/** A question that waits for so long gets company, in milliseconds: it may be the only one to wait. */
const PATIENCE = 250;

/**
 * Asks for the version of an app on new connections, one question after the other, for as long as
 * `isWanted` says so.
 *
 * @param {Counts} polls what became of the questions
 * @param {(version: number | undefined) => void} onAnswer `undefined` where there was no answer
 */
export async function pollVersion({ app }, polls, isWanted, onAnswer) {
  const pending = new Set();
  const ask = async () => {
    const answer = await send(app.url, { path: '/version' });
    polls.add(answer);
    onAnswer(answer.status === 200 ? Number(JSON.parse(answer.body).version) : undefined);
  };
  while (isWanted()) {
    const asked = ask().finally(() => pending.delete(asked));
    pending.add(asked);
    await Promise.race([asked, sleep(PATIENCE, undefined, { ref: false })]);
    if (isWanted()) await sleep(INTERVAL);
  }
  await Promise.all(pending); // they waited in the same queue
}
