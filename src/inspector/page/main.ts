import { ApiError, toSentence } from './calls/client.ts';
import { listen } from './calls/events.ts';
import { announce } from './parts/announce.ts';
import { create } from './parts/element.ts';
import { refreshOverview } from './parts/overview.ts';
import type { Panel } from './parts/panel.ts';
import { startClock } from './parts/text.ts';
import { DoctorPanel } from './doctor.ts';
import { RestartsPanel } from './restarts/panel.ts';
import { SessionsPanel } from './sessions/panel.ts';
import { StatePanel } from './state.ts';
import { WhyPanel } from './why.ts';

const sessions = new SessionsPanel();
const panels = new Map<string, Panel>([
  ['sessions', sessions],
  ['restarts', new RestartsPanel()],
  ['why', new WhyPanel()],
  ['state', new StatePanel()],
  ['doctor', new DoctorPanel()],
]);

/** Which panel shows what changes. */
const shownBy = new Map([
  ['sessions', 'sessions'],
  ['restarts', 'restarts'],
  ['misses', 'why'],
  ['state', 'state'],
]);

const main = document.querySelector('main') as HTMLElement;
const lost = document.querySelector('#lost') as HTMLElement;

/** The panels that have to be read anew when they are shown next. */
const stale = new Set<Panel>(panels.values());
let current: Panel | undefined;

/** `#/sessions/<key>`: the panel, and what is open in it. */
function go(): void {
  const [, name = 'sessions', inside] = location.hash.split('/');
  const panel = panels.get(name) ?? sessions;
  for (const other of panels.values()) other.element.hidden = other !== panel;
  for (const link of document.querySelectorAll('nav a')) {
    const isHere = panels.get(link.getAttribute('href')?.slice(2) ?? '') === panel;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${panel.title} · holdover`;
  if (current !== panel) window.scrollTo(0, 0);
  current = panel;
  panel.show(inside ? decodeURIComponent(inside) : undefined);
  if (stale.delete(panel)) panel.refresh();
}

function refresh(panel: Panel): void {
  if (panel === current) panel.refresh();
  else stale.add(panel);
}

/** Says that nothing on the page is up to date, once. */
function tell(error: unknown): void {
  const sentence = toSentence(error);
  if (lost.dataset.said === sentence) return;
  lost.dataset.said = sentence;
  const isRefused = error instanceof ApiError && error.status === 403;
  const advice = isRefused ? '' : ' What you see may be old. The page comes back by itself.';
  lost.replaceChildren(create('p', {}, create('strong', {}, sentence), advice));
}

main.append(...[...panels.values()].map(({ element }) => element));
document.querySelector('#skip')?.addEventListener('click', (event) => {
  event.preventDefault(); // the part of the address after # names the panel
  main.focus();
});
window.addEventListener('hashchange', go);
startClock();
go();

void listen({
  changed(what) {
    const panel = panels.get(shownBy.get(what) ?? '');
    if (panel) refresh(panel);
    refreshOverview();
  },
  connected() {
    if (lost.dataset.said !== undefined) {
      for (const panel of panels.values()) refresh(panel);
      announce('The inspector answers again.');
    }
    delete lost.dataset.said;
    lost.replaceChildren();
    refreshOverview();
  },
  lost: tell,
});
