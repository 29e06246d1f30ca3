import { describe, expect, it } from 'vitest';
import { VITES, type Subject, type ViteVersion } from './subjects.ts';
import { ViteStory, type Me } from './vite-story.ts';

/** What a login survives, in every app inside every Vite. */
export function describeSurvivals(subject: Subject, vites: ViteVersion[] = VITES): void {
  describe.each(vites)(`${subject.name}, $name`, ({ installedAs }) => {
    it('keeps a login over every edit and restart', async () => {
      const story = await ViteStory.begin(subject, installedAs);
      await story.login('ada');
      let { visits } = await story.answers({ user: 'ada' });
      const isStill = async (parts: Partial<Me>): Promise<void> => {
        const me = await story.answers(parts);
        expect(me).toMatchObject({ user: 'ada' });
        expect(me.visits).toBeGreaterThan(visits);
        ({ visits } = me);
      };

      story.save('src/version.js', "export const version = '2';\n"); // a leaf
      await isStill({ version: '2' });
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
      await story.startAgain('SIGKILL');
      await isStill({ config: '2' });
      await story.startPreview();
      await isStill({});
    });

    it('keeps a logout a logout', async () => {
      const story = await ViteStory.begin(subject, installedAs);
      await story.login('ada');
      const thief = story.browser.clone();
      await story.browser.request('/logout', { method: 'POST' });
      story.save('src/version.js', "export const version = '2';\n");
      expect((await story.answers({ version: '2' })).user).toBeUndefined();
      expect((await story.answers({ version: '2' }, thief)).user).toBeUndefined();
    });
  });
}
