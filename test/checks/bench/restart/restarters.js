import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toPeerCommand } from './peers.js';

const { resolve } = createRequire(import.meta.url);

const ENTRY = 'src/server.ts';
const HOLDOVER = join('node_modules', 'holdover', 'dist', 'cli.js');
const TSX = join('node_modules', 'tsx', 'dist', 'cli.mjs');

/**
 * The restarters as people start them, in the folder of the app. `peer` is the command of one that is no
 * package of the project. `bun --hot` evaluates the app once more in the same process; a server that
 * listens on the same port there takes the place of the one before.
 */
const RESTARTERS = [
  { id: 'holdover', name: 'holdover', command: (node) => [node, HOLDOVER, 'watch', ENTRY] },
  {
    id: 'no-standby',
    name: 'holdover --no-standby',
    command: (node) => [node, HOLDOVER, 'watch', '--no-standby', ENTRY],
  },
  { id: 'tsx', name: 'tsx watch', command: (node) => [node, TSX, 'watch', ENTRY] },
  {
    id: 'node',
    name: 'node --watch',
    command: (node) => [node, '--watch', '--import', 'tsx', ENTRY],
  },
  { id: 'nodemon', name: 'nodemon', command: toNodemon },
  { id: 'bun-hot', name: 'bun --hot', peer: 'bun', command: () => ['--hot', ENTRY] },
  { id: 'bun-watch', name: 'bun --watch', peer: 'bun', command: () => ['--watch', ENTRY] },
  {
    id: 'deno',
    name: 'deno run --watch',
    peer: 'deno',
    command: () => ['run', '--allow-all', '--watch', ENTRY],
  },
  { id: 'nub', name: 'nub watch', peer: 'nub', command: () => ['watch', ENTRY] },
];

/** @throws Error where there is no restarter of such an id */
export function findRestarters(ids) {
  return ids.map((id) => {
    const found = RESTARTERS.find((restarter) => restarter.id === id);
    if (found) return found;
    const known = RESTARTERS.map((restarter) => restarter.id).join(', ');
    throw new Error(`--only knows ${known}, not ${JSON.stringify(id)}.`);
  });
}

/** @returns the program and its words */
export function toCommand({ peer, command }, node) {
  const words = command(node);
  return peer ? [toPeerCommand(peer), ...words] : words;
}

function toNodemon(node) {
  const run = `"${node}" --import tsx ${ENTRY}`;
  const nodemon = resolve('nodemon/bin/nodemon.js');
  return [node, nodemon, '--watch', 'src', '--ext', 'ts', '--exec', run];
}
