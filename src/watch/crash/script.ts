import { TRY_AGAIN_HEADER, TRY_AGAIN_PATH } from './try-again.ts';

/**
 * What the page does: it asks whether the crash is still the same, waits for the answer, and loads anew
 * when it is not. It loads anew for nothing else, so it cannot go round in circles: an answer of a proxy
 * that reaches nobody, or none at all, is asked for again after a second. A page that answered a form is
 * left to its person: to load it is to send the form again. Its button starts the app, but not in a frame.
 */
export const SCRIPT = `
(async () => {
  const { crash, method } = document.body.dataset;
  const [again, safe] = ['again', 'safe'].map((id) => document.getElementById(id));
  const words = safe.textContent;
  const tryAgain = async () => {
    again.disabled = true;
    safe.textContent = 'The app is starting.';
    const headers = { '${TRY_AGAIN_HEADER}': crash };
    const answer = await fetch('${TRY_AGAIN_PATH}', { method: 'POST', headers }).catch(() => undefined);
    if (answer?.status === 202) return;
    again.disabled = false;
    safe.textContent = words + ' It was not started: press Enter in the terminal of holdover.';
  };
  if (again && window.top === window) {
    again.hidden = false;
    again.onclick = tryAgain;
  }
  const here = location.origin + location.pathname + location.search;
  const isSame = async () => {
    try {
      const answer = await fetch(here, {
        method: 'HEAD', cache: 'no-store', redirect: 'manual', headers: { 'x-holdover-wait': crash },
      });
      const now = answer.headers.get('x-holdover-crash');
      return now ? now === crash : [502, 503, 504].includes(answer.status);
    } catch {
      return true;
    }
  };
  for (;;) {
    const began = Date.now();
    if (!(await isSame())) break;
    if (Date.now() - began < 1000) await new Promise((done) => setTimeout(done, 1000));
  }
  if (method === 'GET') location.reload();
  else safe.textContent =
    'The app may be back. Reload this page to send the form again; the browser will ask.';
})();
`;
