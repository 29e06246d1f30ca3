// Does with the state of an app what is said on stdin, a call a line, and prints what that gives. As a child
// or a thread of its own it prints whether it may keep, and ends.
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { isFirstProcess } from '../../results/modules/state/snapshots/first-process.js';
import { openRuns } from '../../results/modules/state/snapshots/runs.js';

const [, self, text, isChild] = process.argv;
const storage = JSON.parse(text);

const verbs = {
  put(roots) {
    runs.previous();
    const isForgotten = runs.isForgotten();
    const kept = Object.entries(roots).filter(([key]) => !isForgotten(key));
    const graph = { roots: Object.fromEntries(kept), nodes: [] };
    runs.write(JSON.stringify({ graphs: [graph], waiting: [], texts: {} }));
    return 'done';
  },
  mayKeep: () => isFirstProcess(storage),
  mayChildKeep: () =>
    spawnSync(process.execPath, [self, text, 'child'], { encoding: 'utf8' }).stdout.trim(),
  mayThreadKeep: () =>
    new Promise((tell, fail) => {
      const thread = new Worker(self, { argv: [text] });
      thread.once('message', tell).once('error', fail);
    }),
};

let runs;
if (!isMainThread) parentPort.postMessage(isFirstProcess(storage));
else if (isChild) console.log(isFirstProcess(storage));
else {
  runs = openRuns({ storage, app: 'app.js', say: console.log });
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, ...words] = JSON.parse(line);
    console.log(await verbs[verb](...words));
  }
}
