import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toPositive } from '../options.js';
import { CASES, USUAL } from './cases.js';
import { findRestarters } from './restarters.js';

const TYPES = new Set(['module', 'commonjs']);

/** What both benchmarks of restarts can be told. */
const SHARED = {
  type: { type: 'string' },
  node: { type: 'string', default: process.execPath },
};

/** @returns what is measured, in order, and with what */
export function readRestartFlags() {
  const { values } = parseArgs({
    options: {
      ...SHARED,
      case: { type: 'string', default: 'esm' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      rate: { type: 'string' },
    },
  });
  const names = values.case === 'all' ? Object.keys(CASES) : values.case.split(',');
  const cases = names.map((name) => toCase(name, values));
  return { cases, node: resolve(values.node) };
}

function toCase(name, { type, rounds, rate, only }) {
  if (!Object.hasOwn(CASES, name)) {
    const known = [...Object.keys(CASES), 'all'].join(', ');
    throw new Error(`--case must be of ${known}, not ${JSON.stringify(name)}.`);
  }
  const usual = { name, ...USUAL, ...CASES[name] };
  const wanted = toType(type ?? usual.type);
  return {
    ...usual,
    text: `${usual.text}, ${wanted === 'module' ? 'ESM' : 'CommonJS'}`,
    type: wanted,
    hasGoals: wanted === usual.type,
    rounds: rounds === undefined ? usual.rounds : toCount('--rounds', rounds),
    rate:
      rate === undefined || rate === '0' ? Number(rate ?? usual.rate) : toPositive('--rate', rate),
    restarters: findRestarters(only?.split(',') ?? usual.restarters),
  };
}

export function readEnduranceFlags() {
  const { values } = parseArgs({
    options: { ...SHARED, restarts: { type: 'string', default: '200' } },
  });
  return {
    restarts: toCount('--restarts', values.restarts),
    type: toType(values.type ?? 'module'),
    node: resolve(values.node),
  };
}

function toType(text) {
  if (TYPES.has(text)) return text;
  throw new Error(`--type must be module or commonjs, not ${JSON.stringify(text)}.`);
}

function toCount(name, text) {
  return Math.ceil(toPositive(name, text));
}
