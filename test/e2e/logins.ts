import { describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { findSubject, Story, type Me } from './story.ts';
import { TOOLS } from './tools.ts';

/**
 * What has to hold for apps under a restarter.
 *
 * Every tool has an app of each kind of code: ES modules, CommonJS, TypeScript. `node --watch` and nodemon start
 * the app by the same command, so a framework has one of the two.
 */
export function describeTool(name: string, subjects: string[]): void {
  const tool = TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  describe.each(subjects.map(findSubject))(`$name under ${name}`, (subject) => {
    it('keeps a login, and a logout, over saves, kills, a mistake and its fix', async () => {
      const story = await Story.begin(tool, subject);
      await story.login('ada');
      const grace = new Browser(story.url);
      await story.login('grace', grace);
      const thief = grace.clone();
      await grace.request('/logout', { method: 'POST' });
      const isLoggedOut = async ({ version }: Me): Promise<boolean> => {
        const [one, other] = [
          await story.answers(version, grace),
          await story.answers(version, thief),
        ];
        return one.user === undefined && other.user === undefined;
      };

      const before = await story.save();
      expect(before).toMatchObject({ user: 'ada' });
      expect(await isLoggedOut(before)).toBe(true);
      if (tool.survivesKill) await story.killApp();
      expect(await story.save()).toMatchObject({ user: 'ada' });
      expect(story.printed).not.toMatch(/warning/i);
      const after = await story.killEverythingAndStart();
      expect(after.user).toBe('ada');
      expect(after.visits).toBeGreaterThan(before.visits as number);
      expect(await isLoggedOut(after)).toBe(true);

      await story.saveMistake();
      expect(await story.save()).toMatchObject({ user: 'ada' });
    });
  });
}
