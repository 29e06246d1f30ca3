import type { Overview } from '../../answers.ts';
import { get } from '../calls/client.ts';
import { create, redraw, setText } from './element.ts';
import { toNumber } from './text.ts';

/** What is known of the project; it stands beside the panels. */
let known: Overview | undefined;

/** The address of an app that runs. */
export function findAppUrl(): string | undefined {
  return known?.apps.find(({ isRunning, url }) => isRunning && url !== null)?.url ?? undefined;
}

/** How long several wishes to read it are gathered, in milliseconds. */
const PAUSE = 150;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads it anew, soon. */
export function refreshOverview(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void readOverview(), PAUSE);
}

/** Failures are told by what is lost, and by the panels. */
async function readOverview(): Promise<void> {
  const overview = await get<Overview>('overview').catch(() => undefined);
  if (!overview) return;
  known = overview;
  const element = document.getElementById('project');
  if (element) redraw(element, ...describe(overview));
  const count = document.getElementById('count-sessions');
  const all = overview.sessions + overview.clients;
  if (count) setText(count, all > 0 ? toNumber(all) : '');
}

function describe({ project, place, apps, host }: Overview): HTMLElement[] {
  return [
    create('p', { class: 'project-name' }, project),
    create('ul', { class: 'apps' }, apps.length > 0 ? apps.map(toApp) : toNobody(host)),
    create('p', { class: 'place', title: 'Where the sessions lie' }, place),
  ];
}

function toApp({ pid, name, isRunning, url }: Overview['apps'][number]): HTMLElement {
  const text = url === null ? name : url.replace(/^https?:\/\//, '').replace(/\/$/, '');
  const link = { href: url, target: '_blank', rel: 'noopener', 'data-id': `app-${pid}` };
  return create(
    'li',
    { class: isRunning ? 'app is-running' : 'app', title: `${name}, process ${pid}` },
    url === null ? text : create('a', link, text),
    create('span', { class: 'app-state' }, isRunning ? 'runs' : 'does not run'),
  );
}

function toNobody(host: Overview['host']): HTMLElement {
  const text = host === null ? 'No app runs.' : 'The app does not run.';
  return create('li', { class: 'app' }, create('span', { class: 'app-state' }, text));
}
