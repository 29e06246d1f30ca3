import { performance } from 'node:perf_hooks';
import { hearKeys } from '../../input/in-app/app-terminal.ts';
import { send } from '../../process/in-app/channel.ts';
import type { Forgotten } from '../../protocol.ts';
import { beginPreparing, endPreparing, endStart, prepare } from './prepare.ts';

export { prepare };

/** An app that does not listen by then, and has time, never does; in milliseconds. */
const LISTENS_WITHIN = 2000;
const STARTS_WITHIN = 10_000;

/** An app that listens and is never idle has been started after this time, in milliseconds. */
const IDLE_WITHIN = 300;

let tellGone: (forgotten: Forgotten) => void = () => {};
const gone = new Promise<Forgotten>((resolve) => (tellGone = resolve));

let isWaiting = true;

/** The supervisor has told this process to run the app. */
export function go(forgotten: Forgotten): void {
  isWaiting = false;
  process.off('disconnect', process.exit);
  tellGone(forgotten);
}

/**
 * Waits for the word to go, without using the processor. Until then the process ends when its supervisor
 * does.
 */
export async function hasGone(): Promise<void> {
  if (isWaiting) process.once('disconnect', process.exit); // the word may have come already
  beginPreparing();
  process.channel?.ref();
  const forgotten = await gone;
  await endPreparing(forgotten);
  process.channel?.unref(); // an app that is done may end
  setTimeout(() => whenIdle(started, STARTS_WITHIN), LISTENS_WITHIN).unref();
  void send({ holdover: 'running', at: Date.now() });
}

/** The app listens: its start is over as soon as it has time. */
export function endStartSoon(): void {
  whenIdle(started, IDLE_WITHIN);
}

let isStarted = false;

function started(): void {
  if (isStarted) return;
  isStarted = true;
  hearKeys();
  void endStart();
}

/** How often to look whether the app has time, in milliseconds. */
const LOOK_EVERY = 50;

/** Above this part of the time an app has none. */
const BUSY = 0.5;

/**
 * Calls back when the app has time: when it has answered those who have waited for it, say.
 *
 * @param within it is called by then, in milliseconds
 */
export function whenIdle(tell: () => void, within: number): void {
  const latest = performance.now() + within;
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(last);
    last = performance.eventLoopUtilization();
    if (utilization > BUSY && performance.now() < latest) return;
    clearInterval(timer);
    tell();
  }, LOOK_EVERY).unref();
}
