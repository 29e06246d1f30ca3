/**
 * What the page does: it asks whether the crash is still the same, waits for the answer, and loads anew
 * when it is not. It loads anew for nothing else, so it cannot go round in circles: an answer of a proxy
 * that reaches nobody, or none at all, is asked for again after a second. A page that answered a form is
 * left to its person: to load it is to send the form again.
 */
export const SCRIPT = `
(async () => {
  const { crash, method } = document.body.dataset;
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
  else document.getElementById('safe').textContent =
    'The app may be back. Reload this page to send the form again; the browser will ask.';
})();
`;
