import { isAlive } from '../../../storage/processes.ts';
import { onSupervisorMessage } from '../../in-app/channel.ts';

/** How often, and how many times, to look whether the supervisor is gone, in milliseconds. */
const LOOK_EVERY = 100;
const LOOKS = 20;

/**
 * How often to look whether the channel is closed, in milliseconds. Node tells it by 'disconnect', but
 * not while a handle that was sent is not acknowledged: a supervisor that was killed never does that.
 */
const CONNECTED_EVERY = 1000;

/** A supervisor that is killed must not leave an app behind that holds its port. */
export function endWithSupervisor(): void {
  const supervisor = process.ppid;
  let isLooking = false;
  const begin = (): void => {
    if (isLooking) return;
    isLooking = true;
    endWhenGone(supervisor);
  };
  process.on('disconnect', begin);
  process.channel?.unref(); // the listener would keep an app alive that is done
  onSupervisorMessage(({ holdover }) => {
    if (holdover !== 'go') return; // a process that waits has sent nothing
    const timer = setInterval(() => {
      if (process.connected) return;
      clearInterval(timer);
      begin();
    }, CONNECTED_EVERY).unref();
  });
}

function endWhenGone(supervisor: number): void {
  let looks = 0;
  const timer = setInterval(() => {
    if (++looks > LOOKS) clearInterval(timer); // it lives: the app has closed the channel itself
    else if (process.ppid !== supervisor || !isAlive(supervisor)) {
      clearInterval(timer);
      process.kill(process.pid, 'SIGTERM');
    }
  }, LOOK_EVERY).unref();
}
