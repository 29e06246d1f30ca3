import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findCandidates } from '../../src/state/candidates.ts';
import { createTempFolder } from '../support/temp-folder.ts';

function find(files: Record<string, string>): string[] {
  const root = createTempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return findCandidates(root).map(({ key, type }) => `${key} ${type}`);
}

it('lists what requests may fill at the top of files', () => {
  const found = find({
    'server/storage.ts': `
export class MemStorage { users = new Map() }
export const storage: IStorage = new MemStorage();
const byName = new Map<string, User>();
const seen = new Set();
let nextId = 1;
export const next = () => nextId++;
`,
    'src/todos.js': `
export const todos = [{ id: 1 }];
const carts = {};
let last = null;
exports.add = (id, todo) => { carts[id] = todo; last = todo; };
`,
    'src/routes.js': "import { todos } from './todos.js';\napp.post('/', () => todos.push({}));\n",
    'src/videos.mjs': 'class Videos {}\nexport default new Videos();\n',
  });
  expect(found).toEqual([
    'server/storage.ts#byName Map',
    'server/storage.ts#nextId number',
    'server/storage.ts#seen Set',
    'server/storage.ts#storage MemStorage',
    'src/todos.js#carts Object',
    'src/todos.js#last null',
    'src/todos.js#todos Array',
    'src/videos.mjs#default Videos',
  ]);
});

it('lists no constants, no objects of packages, and nothing of tests, builds and packages', () => {
  const map = 'export const users = new Map();\n';
  const found = find({
    'src/app.ts': `
const COLORS = ['red'];
const config = { port: 3000 };
const limit = 10;
let mode = 'dark';
export const app = new Hono();
const pool = new Pool();
function helper() {
  const seen = new Map();
  if (config.port == 3000 && mode === 'dark') return () => COLORS.map(String);
}
`,
    'node_modules/x/index.js': map,
    'dist/app.js': map,
    'src/app.test.ts': map,
    'vite.config.ts': map,
    'src/types.d.ts': map,
    '.cache/x.js': map,
  });
  expect(found).toEqual([]);
});
