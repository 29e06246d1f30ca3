import { describe, expect, it } from 'vitest';
import type { App } from '../support/app.ts';
import { rows } from '../support/depth.ts';
import { untilKept } from '../support/kept-state.ts';
import { poll } from '../support/poll.ts';
import { EXPRESS, HONO, OLDEST_VITE, VITES, type Subject } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

const TODOS = `
class Todo {
  constructor(text) {
    this.text = text;
    this.done = false;
  }
  label() {
    return '1: ' + this.text;
  }
}

export const todos = new Map([['seed', new Todo('seed')]]);
export const listeners = new Set();
let nextId = 1;

export function add(text) {
  const id = 't' + nextId++;
  todos.set(id, new Todo(text));
  for (const listener of listeners) listener();
  return id;
}

export function list() {
  return { todos: [...todos].map(([id, todo]) => id + ' ' + todo.label()), listeners: listeners.size };
}
`;

const HONO_ROUTES = `
app.post('/todos/:text', (c) => c.json(add(c.req.param('text'))));
app.get('/todos', (c) => c.json(list()));
app.post('/listen', (c) => {
  listeners.add(() => {});
  return c.json({});
});
`;

const EXPRESS_ROUTES = `
app.post('/todos/:text', (req, res) => res.json(add(req.params.text)));
app.get('/todos', (req, res) => res.json(list()));
app.post('/listen', (req, res) => {
  listeners.add(() => {});
  res.json({});
});
`;

function withTodos(subject: Subject, routes: string): Subject {
  return {
    ...subject,
    prepare(app: App) {
      const text = app.read('src/app.js').replace("app.get('/me'", `${routes}app.get('/me'`);
      app.write('src/app.js', `import { add, list, listeners } from './todos.js';\n${text}`);
      app.write('src/todos.js', TODOS);
      const config = app.read('vite.config.js');
      app.write(
        'vite.config.js',
        config.replace('holdover()', "holdover({ keep: 'src/todos.js' })"),
      );
    },
  };
}

const [VITE_8, VITE_7] = VITES.map(({ installedAs }) => installedAs);
const CASES = [
  { name: 'Hono, Vite 8', subject: withTodos(HONO, HONO_ROUTES), installedAs: VITE_8 },
  {
    name: 'Express on the module runner, Vite 7',
    subject: withTodos({ ...EXPRESS, env: { LOADER: 'runner' } }, EXPRESS_ROUTES),
    installedAs: VITE_7,
  },
  {
    name: 'Express, Vite 6',
    subject: withTodos(EXPRESS, EXPRESS_ROUTES),
    installedAs: OLDEST_VITE.installedAs,
  },
];

describe.each(rows(CASES, 'Hono, Vite 8'))('$name', ({ subject, installedAs }) => {
  it('has what a module has in memory after a reload, a restart and kill -9', async () => {
    const story = await ViteStory.begin(subject, installedAs as string);
    const { browser } = story;
    const post = (path: string): Promise<unknown> => browser.json(path, { method: 'POST' });
    const isListed = (todos: string[], listeners: number): Promise<unknown> => {
      let last: unknown;
      const wanted = JSON.stringify({ todos, listeners });
      return poll(
        async () => JSON.stringify((last = await browser.json('/todos'))) === wanted,
      ).catch(() => expect(last).toEqual({ todos, listeners }));
    };
    expect(await post('/todos/bread')).toBe('t1');
    await post('/listen');

    story.edit('src/todos.js', "'1: '", "'2: '"); // new code of a class, and the module evaluated anew
    await isListed(['seed 2: seed', 't1 2: bread'], 1);
    expect(await post('/todos/milk')).toBe('t2');
    await story.restart();
    await isListed(['seed 2: seed', 't1 2: bread', 't2 2: milk'], 1);

    await untilKept(story.app, 'milk');
    await story.startAgain('SIGKILL');
    await isListed(['seed 2: seed', 't1 2: bread', 't2 2: milk'], 0); // a function has no other life
    expect(await post('/todos/tea')).toBe('t3');
  });
});
