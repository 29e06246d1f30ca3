import { expect, it } from 'vitest';
import { untilKept } from '../support/kept-state.ts';
import { poll } from '../support/poll.ts';
import { HONO, VITES, type Subject } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

const ROOMS = `
import { preserve } from 'holdover';

export class Room {
  messages = [];
  say(text) {
    this.messages.push(text);
  }
  show() {
    return this.messages.join(' ');
  }
}

export const rooms = preserve('rooms', () => new Map(), { classes: [Room] });
`;
/** Is not evaluated anew when the rooms are. */
const OTHER = `
import { preserve } from 'holdover';

const rooms = preserve('rooms', () => new Map());
export const count = () => rooms.size;
`;
const ROUTES = `
app.get('/rooms/:name/:text', (c) => {
  const { name, text } = c.req.param();
  const room = rooms.get(name) ?? new Room();
  rooms.set(name, room);
  room.say(text);
  return c.json({});
});
app.get('/rooms', (c) => {
  return c.json([count(), ...[...rooms].map(([name, room]) => name + ': ' + room.show())]);
});
`;

const SUBJECT: Subject = {
  ...HONO,
  prepare(app) {
    const imports =
      "import { Room, rooms } from './rooms.js';\nimport { count } from './other.js';\n";
    const text = app.read('src/app.js').replace("app.get('/me'", `${ROUTES}app.get('/me'`);
    app.write('src/app.js', imports + text);
    app.write('src/rooms.js', ROOMS);
    app.write('src/other.js', OTHER);
  },
};

it('what is preserved is one object inside Vite, with the classes of now', async () => {
  const story = await ViteStory.begin(SUBJECT, VITES[0].installedAs);
  const { browser } = story;
  const shows = (...rooms: unknown[]): Promise<unknown> => {
    let last: unknown;
    const wanted = JSON.stringify(rooms);
    return poll(async () => JSON.stringify((last = await browser.json('/rooms'))) === wanted).catch(
      () => expect(last).toEqual(rooms),
    );
  };
  await browser.json('/rooms/tea/hello');
  story.edit('src/rooms.js', "join(' ')", "join('+')");
  await shows(1, 'tea: hello');
  await browser.json('/rooms/tea/again');
  await shows(1, 'tea: hello+again');
  await browser.json('/rooms/cake/yes');
  await shows(2, 'tea: hello+again', 'cake: yes');

  await untilKept(story.app, 'again');
  await story.startAgain('SIGTERM');
  await shows(2, 'tea: hello+again', 'cake: yes');
});
