// Runs statements on the stores of projects, one after the other: in the folder, with the environment and in the
// namespace that it is sent. Sends what they return, or the message of the error that they throw.
import { join } from 'node:path';
import { createSessionStore } from 'holdover';

const AsyncFunction = (async () => {}).constructor;

async function run({ statements, namespace, folder, env }) {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv[1] = join(folder, 'run.js');
  const store = createSessionStore({ namespace, redis: { timeout: 10_000 } });
  const call = new AsyncFunction('store', 'createSessionStore', statements);
  return call(store, createSessionStore);
}

let last = Promise.resolve();
process.on('message', (message) => {
  last = last
    .then(() => run(message))
    .then(
      (returned) => process.send({ returned }),
      ({ message: error }) => process.send({ error }),
    );
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
