import { expect, it } from 'vitest';
import { EXPRESS } from './subjects.ts';
import { ViteStory } from './vite-story.ts';

it('says once in the terminal of Vite why somebody is logged out', async () => {
  const story = await ViteStory.begin(EXPRESS, 'vite');
  await story.login('ada');
  const kept = story.browser.clone();
  await story.answers({ user: 'ada' }, kept);
  await story.browser.text('/logout', { method: 'POST' });
  const sentence = /The session was destroyed by `POST \/logout` at \d{4}-\d\d-\d\d/;
  for (let times = 0; times < 3; times++) {
    const again = kept.clone();
    expect((await story.answers({}, again)).user).toBeUndefined();
    await story.running.printed(sentence);
  }
  expect(story.running.output.split(sentence)).toHaveLength(2);
});
