import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { findSubject, Story, type Me, type Subject } from './story.ts';
import { TOOLS, type Tool } from './tools.ts';

/**
 * What has to hold for apps under a restarter.
 *
 * Every tool has an app of each kind of code: ES modules, CommonJS, TypeScript. `node --watch` and nodemon start
 * the app by the same command, so a framework has one of the two. How a tool goes on after a crash and a mistake
 * is a matter of the code, so that the first app of each kind has them.
 */
export function describeTool(name: string, subjects: string[]): void {
  const tool = TOOLS.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  const all = subjects.map(findSubject);
  const first = all.filter(
    ({ code }, index) => all.findIndex((one) => one.code === code) === index,
  );
  const others = all.filter((subject) => !first.includes(subject));

  it.each(first)(
    `$name under ${name} keeps a login, and a logout, over saves, kills, a mistake and its fix`,
    async (subject) => {
      const story = await keepOverSaveAndKill(tool, subject);
      if (tool.survivesKill) await story.killApp();
      expect(await story.save()).toMatchObject({ user: 'ada' });
      expect(story.printed).not.toMatch(/warning/i);
      await story.saveMistake();
      expect(await story.save()).toMatchObject({ user: 'ada' });
    },
  );

  it.each(others)(
    `$name under ${name} keeps a login, and a logout, over a save and a kill`,
    async (subject) => void (await keepOverSaveAndKill(tool, subject)),
  );
}

async function keepOverSaveAndKill(tool: Tool, subject: Subject): Promise<Story> {
  const story = await Story.begin(tool, subject);
  await story.login('ada');
  const grace = new Browser(story.url);
  await story.login('grace', grace);
  const thief = grace.clone();
  await grace.request('/logout', { method: 'POST' });
  const isLoggedOut = async ({ version }: Me): Promise<boolean> => {
    const one = await story.answers(version, grace);
    const other = await story.answers(version, thief);
    return one.user === undefined && other.user === undefined;
  };

  const before = await story.save();
  expect(before).toMatchObject({ user: 'ada' });
  expect(await isLoggedOut(before)).toBe(true);
  expect(story.printed).not.toMatch(/warning/i);
  const after = await story.killEverythingAndStart();
  expect(after.user).toBe('ada');
  expect(after.visits).toBeGreaterThan(before.visits as number);
  expect(await isLoggedOut(after)).toBe(true);
  return story;
}
