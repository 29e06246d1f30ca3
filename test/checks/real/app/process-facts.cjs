'use strict';
const { describe } = require('./describe.cjs');

/** Another one in each process, or said by itself. */
const LEFT_OUT = new Set(['pid', 'ppid', 'env', '_events', '_eventsCount', 'moduleLoadList']);

/** What an app sees of the process that it runs in. */
function describeProcess(toName) {
  return {
    listeners: countListeners(process),
    globals: Reflect.ownKeys(globalThis).map(String),
    environment: Object.keys(process.env),
    argv: process.argv.map(toName),
    stackTraceLimit: Error.stackTraceLimit,
    prepareStackTrace: typeof Error.prepareStackTrace,
    process: describeMembers(),
    main: describeMain(toName),
  };
}

function describeMembers() {
  const members = Object.entries(describe(process).members);
  return Object.fromEntries(members.filter(([name]) => !LEFT_OUT.has(name)));
}

function countListeners(emitter) {
  return Object.fromEntries(
    emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]),
  );
}

function describeMain(toName) {
  const { mainModule } = process;
  return mainModule ? toName(mainModule.filename) : String(mainModule);
}

module.exports = { describeProcess };
