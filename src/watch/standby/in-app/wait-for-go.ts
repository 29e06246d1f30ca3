import { onSupervisorMessage, send } from '../../in-app/channel.ts';
import { beginPreparing, isPrepared } from './load-ahead.ts';

let go: () => void = () => {};
const gone = new Promise<void>((resolve) => (go = resolve));
let isWaiting = true;

/**
 * Listens for the word to go, after all that else listens to the supervisor. Until then the process ends
 * when its supervisor does.
 */
export function standBy(): void {
  onSupervisorMessage((message) => {
    if (message.holdover !== 'go') return;
    isWaiting = false;
    go();
  });
  process.once('disconnect', () => {
    if (isWaiting) process.exit();
  });
  void send({ holdover: 'ready' });
}

/** Waits for the word to go, without using the processor. */
export async function hasGone(): Promise<void> {
  beginPreparing();
  process.channel?.ref();
  await gone;
  process.channel?.unref(); // an app that is done may end
  startClock();
  await isPrepared();
  void send({ holdover: 'running', at: Date.now() });
}

/** The time that a process has waited is not the app's. */
function startClock(): void {
  const { uptime } = process;
  const waited = uptime();
  process.uptime = () => uptime() - waited;
}
