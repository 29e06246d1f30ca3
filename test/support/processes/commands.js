// Runs commands of the built command line, one after the other, each from its first line on: in the folder,
// with the environment and the words that it is sent. Sends what it has printed, and how it has ended.
import { pathToFileURL } from 'node:url';

const { stdout, stderr } = process;
let printed = { stdout: '', stderr: '' };
let code;

for (const [name, stream] of Object.entries({ stdout, stderr })) {
  stream.write = (text, ...rest) => {
    printed[name] += text;
    const done = rest.find((one) => typeof one === 'function');
    if (done) process.nextTick(done);
    return true;
  };
}
process.exit = (given) => {
  code = given ?? process.exitCode ?? 0;
};

let count = 0;
async function run({ cli, words, folder, env }) {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, cli, ...words];
  process.exitCode = undefined;
  code = undefined;
  printed = { stdout: '', stderr: '' };
  count += 1; // for a module that was not run yet
  await import(`${pathToFileURL(cli)}?${count}`);
  await new Promise(setImmediate); // what waits for an error to be written
  process.send({ ...printed, code: code ?? process.exitCode ?? 0 });
  process.exitCode = undefined;
}

let last = Promise.resolve();
process.on('message', (command) => (last = last.then(() => run(command))));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
