import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { readDependencies, readInstalledVersion } from '../../options/manifest.ts';
import { findScripts, replaceScripts } from './package-scripts.ts';
import type { Edit } from './edit.ts';
import type { Written } from './record.ts';
import { rewriteScript } from './scripts.ts';
import { hasPlugin, insert, insertPlugin, runsServer } from './vite-config.ts';

/** What is to be done, before anything is. The current directory is the root of the project. */
export interface Plan {
  edits: Edit[];
  /** What there is to say: what stays as it is and why, and what else is needed. */
  notes: string[];
  /** What to remember, so that it can be taken back. */
  written: Written;
}

export const PACKAGE = 'package.json';

const CONFIGS = ['js', 'mjs', 'ts', 'mts', 'cjs', 'cts'].map((end) => `vite.config.${end}`);

/** What is adopted inside Vite. */
const ADOPTED = new Set(['express-session', '@fastify/session', 'hono-sessions']);

const ADVICE = "import holdover from 'holdover/vite', and holdover() among the plugins";

/**
 * Plans what `holdover init` writes into the project in the current directory: `holdover watch` in the
 * place of other restarters, and the plugin where server code runs inside Vite.
 *
 * @throws Error, in one sentence, when there is no package.json
 */
export function planInit(): Plan {
  const plan: Plan = { edits: [], notes: [], written: { scripts: {} } };
  planScripts(plan);
  planConfig(plan);
  const isNeeded = plan.edits.length > 0 && !readDependencies(process.cwd()).includes('holdover');
  if (isNeeded) plan.notes.push('Install it in this project, too: npm install -D holdover');
  return plan;
}

function planScripts(plan: Plan): void {
  const before = readText(PACKAGE);
  const { scripts = {} } = parse(before) as { scripts?: Record<string, unknown> };
  const changed = new Map<string, string>();
  const entries: string[] = [];
  for (const name of findScripts(before).keys()) {
    const from = String(scripts[name]);
    const { script: to, entries: own, reasons } = rewriteScript(from);
    entries.push(...own);
    if (to !== from) changed.set(name, to);
    if (to !== from) plan.written.scripts[name] = { from, to };
    const [reason] = reasons;
    if (reason !== undefined)
      plan.notes.push(`Of the script ${name} a part is left as it is. ${reason}`);
  }
  if (changed.size === 0) return;
  plan.edits.push({ path: PACKAGE, before, after: replaceScripts(before, changed) });
  if (entries.some(isTypeScript) && readInstalledVersion(process.cwd(), 'tsx') === undefined)
    plan.notes.push('TypeScript runs through tsx: npm install -D tsx');
}

function planConfig({ edits, notes, written }: Plan): void {
  const path = CONFIGS.find((name) => existsSync(name));
  if (path === undefined) return;
  const before = readText(path);
  if (hasPlugin(before) || !readDependencies(process.cwd()).some((name) => ADOPTED.has(name)))
    return;
  if (!runsServer(before)) {
    notes.push(
      `${path} is left as it is, as a Vite that serves a client needs no plugin. If server code runs in it, add: ${ADVICE}.`,
    );
    return;
  }
  const inserted = insertPlugin(before);
  if (!inserted) {
    notes.push(`${path} is not plain enough to be changed. Add to it: ${ADVICE}.`);
    return;
  }
  edits.push({ path, before, after: insert(before, inserted) });
  written.config = { path, inserted: inserted.map(({ text }) => text) };
}

/**
 * Plans to take back what was written, as far as it is still there.
 *
 * @param written what `holdover init` has written here
 */
export function planUndo(written: Written): Plan {
  const plan: Plan = { edits: [], notes: [], written };
  undoScripts(plan);
  undoConfig(plan);
  return plan;
}

function undoScripts({ edits, notes, written }: Plan): void {
  if (Object.keys(written.scripts).length === 0) return;
  const before = readText(PACKAGE);
  const { scripts = {} } = parse(before) as { scripts?: Record<string, unknown> };
  const back = new Map<string, string>();
  for (const [name, { from, to }] of Object.entries(written.scripts)) {
    if (scripts[name] === to) back.set(name, from);
    else notes.push(`The script ${name} is another one by now, and stays. It was: ${from}`);
  }
  const after = replaceScripts(before, back);
  if (after !== before) edits.push({ path: PACKAGE, before, after });
}

function undoConfig({ edits, notes, written: { config } }: Plan): void {
  if (!config || !existsSync(config.path)) return;
  const before = readText(config.path);
  const isThere = config.inserted.every((text) => before.split(text).length === 2);
  if (!isThere) {
    notes.push(`${config.path} is another one by now, and stays. It was given: ${ADVICE}.`);
    return;
  }
  const after = config.inserted.reduce((text, part) => text.replace(part, () => ''), before);
  edits.push({ path: config.path, before, after });
}

function readText(path: string): string {
  if (!existsSync(path))
    throw new Error(`There is no ${path} here. Go to the folder of your project.`);
  return readFileSync(path, 'utf8');
}

function parse(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (cause) {
    throw new Error(`${PACKAGE} is no JSON. Mend it, and try again.`, { cause });
  }
}

function isTypeScript(entry: string): boolean {
  return /^\.[cm]?tsx?$/.test(extname(entry));
}
