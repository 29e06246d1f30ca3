import { describe, expect, it } from 'vitest';
import { Story, SUBJECTS } from './story.ts';
import { TOOLS } from './tools.ts';

/** What has to hold for every app under a restarter. */
export function describeTool(name: string): void {
  const tool = TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  describe.each(SUBJECTS)(`$name under ${name}`, (subject) => {
    it('keeps a login over saves, kills, a mistake and its fix', async () => {
      const story = await Story.begin(tool, subject);
      await story.login('ada');
      expect(await story.save()).toMatchObject({ user: 'ada' });
      const before = await story.save();
      expect(before).toMatchObject({ user: 'ada' });

      if (tool.survivesKill) {
        await story.killApp();
        expect(await story.save()).toMatchObject({ user: 'ada' });
      }
      expect(story.printed).not.toMatch(/warning/i);
      const after = await story.killEverythingAndStart();
      expect(after.user).toBe('ada');
      expect(after.visits).toBeGreaterThan(before.visits as number);

      await story.saveMistake();
      expect(await story.save()).toMatchObject({ user: 'ada' });
    });

    it('keeps a logout a logout', async () => {
      const story = await Story.begin(tool, subject);
      await story.login('ada');
      const thief = story.browser.clone();
      await story.browser.request('/logout', { method: 'POST' });
      const me = await story.save();
      expect(me.user).toBeUndefined();
      expect((await story.answers(me.version, thief)).user).toBeUndefined();
    });
  });
}
