import { measureBursts } from './burst.js';
import { measureFirstSave } from './first-save.js';
import { measurePages } from './page.js';
import { measureSingleSaves } from './single-saves.js';

const ALL = ['holdover', 'tsx', 'node', 'nodemon', 'bun-hot', 'bun-watch', 'deno', 'nub'];

/**
 * What is measured, of which app, and usually how often and with which restarters. The type is what the
 * package.json of the app says. The source is the same: ESM in TypeScript, which bun and deno run as it
 * is, where tsx makes CommonJS of it.
 */
export const CASES = {
  esm: { text: '44 files', size: 44, type: 'module', measure: measureSingleSaves },
  commonjs: { text: '44 files', size: 44, type: 'commonjs', measure: measureSingleSaves },
  large: { text: '300 files', size: 300, type: 'module', measure: measureSingleSaves },
  first: {
    text: 'the first save, 1 s after the start',
    size: 44,
    type: 'module',
    measure: measureFirstSave,
  },
  burst: {
    text: 'ten saves, 700 ms apart',
    size: 44,
    type: 'module',
    rounds: 3,
    measure: measureBursts,
  },
  requests: {
    text: 'requests 2 to 20 after a restart',
    size: 44,
    type: 'module',
    restarters: ['holdover', 'no-standby'],
    rate: 0,
    measure: measurePages,
  },
};

export const USUAL = { rounds: 12, restarters: ALL, rate: 100 };
