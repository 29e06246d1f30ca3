/**
 * A module of `--require` in the workers of a cluster, on Node 20: keeps the messages of the primary for the
 * app's first listener. Node emits them as soon as they come, which is while it loads the modules of
 * `--import` and the entry, one after the other. Node 22 and later do not lose them.
 */
import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';

/** A worker that does not listen to messages by then never does, in milliseconds. */
const LISTENS_WITHIN = 10_000;

if (isMainThread && cluster.worker) keepMessages([process, cluster.worker]);

/** @param emitters on which the app may listen; the second one repeats what the first one emits */
function keepMessages(emitters: NodeJS.EventEmitter[]): void {
  const [forward] = process.listeners('message'); // Node's own, from the process to `cluster.worker`
  if (!forward) return;
  const kept: Parameters<typeof forward>[] = [];
  let isOver = false;
  const keep = (...message: Parameters<typeof forward>): void => void kept.push(message);
  const release = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    for (const emitter of emitters) emitter.off('newListener', hearListener);
    process.prependListener('message', forward).off('message', keep);
    for (const message of kept) process.emit('message', ...message);
  };
  const hearListener = (name: string | symbol): void => {
    if (name === 'message') process.nextTick(release); // the listener is added after this event
  };
  const timer = setTimeout(release, LISTENS_WITHIN).unref();
  process.on('message', keep).off('message', forward); // one all the time: the channel keeps the worker alive
  for (const emitter of emitters) emitter.on('newListener', hearListener);
}
