import { isAlive } from '../../../storage/files/owners.ts';

/** How often, and how many times, to look whether the supervisor is gone, in milliseconds. */
const LOOK_EVERY = 100;
const LOOKS = 20;

/**
 * How often to look whether the channel is closed, in milliseconds. Node tells it by 'disconnect', but
 * not while a handle that was sent is not acknowledged: a supervisor that was killed never does that.
 */
const CONNECTED_EVERY = 1000;

const supervisor = process.ppid;
let isLooking = false;

/**
 * Ends this process when its supervisor is gone: one that is killed must not leave an app behind that
 * holds its port.
 */
export function tieToSupervisor(): void {
  process.on('disconnect', endWhenGone);
  process.channel?.unref(); // the listener would keep an app alive that is done
}

/** Looks whether the channel is open, from the time on when this process may send something. */
export function watchChannel(): void {
  const timer = setInterval(() => {
    if (process.connected) return;
    clearInterval(timer);
    endWhenGone();
  }, CONNECTED_EVERY).unref();
}

function endWhenGone(): void {
  if (isLooking) return;
  isLooking = true;
  let looks = 0;
  const timer = setInterval(() => {
    if (++looks > LOOKS) clearInterval(timer); // it lives: the app has closed the channel itself
    else if (process.ppid !== supervisor || !isAlive(supervisor)) {
      clearInterval(timer);
      process.kill(process.pid, 'SIGTERM');
    }
  }, LOOK_EVERY).unref();
}
