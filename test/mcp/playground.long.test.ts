import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { start, type Running } from '../support/running.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TOOLS = join(ROOT, 'playground', 'mcp', 'tools.ts');

/** Runs it as `npm run playground:mcp` does, with temporary files in a folder of their own. */
function begin(): { running: Running; folder: string } {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [command, ...args] = scripts['playground:mcp']?.split(' ') ?? [];
  expect(command).toBe('node');
  const folder = join(createTempFolder(), 'tmp');
  mkdirSync(folder);
  return {
    running: start(process.execPath, args, { cwd: ROOT, env: { TMPDIR: folder } }),
    folder,
  };
}

/** What it has copied; tsx has a cache of its own there. */
const listCopies = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith('party-planner-'));

it('shows a new tool in the session that a client has, over HTTP and stdio', async () => {
  const before = readFileSync(TOOLS, 'utf8');
  const { running, folder } = begin();
  expect(await running.exited).toEqual({ code: 0, signal: null });
  const { output } = running;
  const count = (text: string): number => output.split(text).length - 1;
  expect(count('rsvp: Ada says yes: 2 come to Pancake night.')).toBe(2);
  expect(count('1 value · 1 MCP client held over')).toBe(2);
  expect(count('the client is told: list_parties, invite_guest, rsvp, who_comes')).toBe(2);
  expect(count('who_comes: Margaret, Ada')).toBe(2);
  expect(output).toContain('in the same session');
  expect(listCopies(folder)).toEqual([]);
  expect(readFileSync(TOOLS, 'utf8')).toBe(before);
});

it('leaves nothing behind at Ctrl-C', async () => {
  const { running, folder } = begin();
  await running.printed('the server asks');
  expect(listCopies(folder)).toHaveLength(1);
  process.kill(-running.pid, 'SIGINT'); // as a terminal does it, to all
  expect((await running.exited).code).toBe(1);
  expect(listCopies(folder)).toEqual([]);
  expect(running.output).not.toContain('Error');
});
