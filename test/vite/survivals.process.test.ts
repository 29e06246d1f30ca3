import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { rows } from '../support/depth.ts';
import { EXPRESS, FASTIFY, HONO, OLDEST_VITE, VITES } from './subjects.ts';
import { ViteStory, type Me } from './vite-story.ts';

const [NEWEST] = VITES;

/** What other versions of Vite do is with Express; the other two are in another one in `more.long`. */
const ROWS = [
  ...[...VITES, OLDEST_VITE].map((vite) => ({ subject: EXPRESS, vite })),
  { subject: FASTIFY, vite: NEWEST },
  { subject: HONO, vite: NEWEST },
].map((row) => ({ ...row, name: `${row.subject.name}, ${row.vite.name}` }));

it.each(rows(ROWS, 'Express in middleware mode, Vite 8', 'Hono on @hono/vite-dev-server, Vite 8'))(
  'keeps a login over every edit and restart, and a logout a logout: $name',
  async ({ subject, vite }) => {
    const story = await ViteStory.begin(subject, vite.installedAs);
    await story.login('ada');
    let { visits } = await story.answers({ user: 'ada' });
    const isStill = async (parts: Partial<Me>): Promise<void> => {
      const me = await story.answers(parts);
      expect(me).toMatchObject({ user: 'ada' });
      expect(me.visits).toBeGreaterThan(visits);
      ({ visits } = me);
    };

    const left = new Browser(story.app.url);
    const answer = await left.json('/login?user=eve', { method: 'POST' });
    expect(answer).toEqual({ user: 'eve' });
    const thief = left.clone();
    await left.request('/logout', { method: 'POST' });

    story.save('src/version.js', "export const version = '2';\n"); // a leaf
    await isStill({ version: '2' });
    for (const browser of [left, thief]) {
      expect((await story.answers({ version: '2' }, browser)).user).toBeUndefined();
    }
    story.edit('src/app.js', "entry = '1'", "entry = '2'");
    await isStill({ entry: '2' });
    // The module that makes the store.
    story.save('src/sessions.js', `${story.app.read('src/sessions.js')}\n// edited\n`);
    await isStill({});
    await story.restart();
    await isStill({ entry: '2' });
    story.edit('vite.config.js', "config = '1'", "config = '2'");
    await isStill({ config: '2' });
    story.save('.env', 'VITE_NAME=changed\n');
    await isStill({ env: 'changed' });

    await story.startAgain('SIGINT');
    await isStill({ config: '2' });
    // What is stored is there whatever ends the process; the apps of `more` are killed, too.
    if (subject === EXPRESS && vite === NEWEST) {
      await story.startAgain('SIGKILL');
      await isStill({ config: '2' });
    }
    await story.startPreview();
    await isStill({});
  },
);
