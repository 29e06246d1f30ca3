import { expect, it } from 'vitest';
import { MORE } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

const ROWS = MORE.map(([subject, vite]) => ({
  name: `${subject.name}, ${vite.name}`,
  subject,
  vite,
}));

it.each(ROWS)(
  'keeps a login over an edit, a restart and kill -9: $name',
  async ({ subject, vite }) => {
    const story = await ViteStory.begin(subject, vite.installedAs);
    await story.login('ada');
    story.save('src/version.js', "export const version = '2';\n");
    expect(await story.answers({ version: '2' })).toMatchObject({ user: 'ada' });
    story.edit('vite.config.js', "config = '1'", "config = '2'");
    if (!subject.hasNoHmr)
      expect(await story.answers({ config: '2' })).toMatchObject({ user: 'ada' });
    await story.startAgain('SIGKILL');
    expect(await story.answers({ config: '2' })).toMatchObject({ user: 'ada' });
  },
);
