// Opens a session directory, makes calls and prints their results: [["get", "id"], …] as JSON.
import { createSessionStore } from '../../../dist/index.js';

const [, , directory, calls] = process.argv;
const store = createSessionStore({ directory });
const results = [];
for (const [verb, ...args] of JSON.parse(calls)) {
  const result = await store[verb](...args).catch((error) => ({
    error: error.message,
    code: error.code,
    path: error.path,
  }));
  results.push((verb === 'get' && !result?.error ? result?.data : result) ?? null);
}
process.stdout.write(JSON.stringify(results));
