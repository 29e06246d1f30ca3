// A server that looks again and again whether its event loop was active, and says what for; "idle" for ten
// looks in a row at which it was not.
import { createServer } from 'node:http';
import { createActivity } from '../../results/modules/state/snapshots/passes.js';

const isActive = createActivity();
let reason = 'start';
let idle = 0;

const server = createServer((_, response) => response.end(String((reason = 'request'))));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('data', () => (reason = 'stdin'));
process.on('SIGUSR2', () => setTimeout(() => (reason = 'timer'), 100));

setInterval(() => {
  const is = isActive();
  if (reason) console.log(`${reason}: ${is}`);
  idle = is || reason ? 0 : idle + 1;
  if (idle === 10) console.log('idle');
  if (idle === 10) idle = 0;
  reason = undefined;
}, 50).unref();
