import { expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { CareApp, toExpressApp } from '../support/care-app.ts';
import { CareProject } from '../support/care-project.ts';
import { poll } from '../support/poll.ts';
import { CLI } from '../support/tools.ts';

const WATCH = [CLI, 'watch', 'app.js'];

async function visit(project: CareProject, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Browser(project.app.url).request('/me');
}

async function logIn(project: CareProject, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await new Browser(project.app.url).request('/login', { method: 'POST' });
  }
}

it('counts logins apart from visitors, at a start and at a restart', async () => {
  const project = await CareProject.begin('filesystem');
  const code = toExpressApp('saveUninitialized: true');
  const first = await CareApp.start(project, code);
  await visit(project, 3);
  await logIn(project, 2);
  await first.kill();

  const second = await CareApp.start(project, code);
  await second.running.printed(
    '[holdover] 2 logins and 3 visitors held over from .holdover/sessions\n',
  );
  await second.kill();

  const { running } = await CareApp.start(project, code, {}, WATCH);
  await running.printed('[holdover] 2 logins and 3 visitors held over from .holdover/sessions\n');
  await poll(() => new Browser(project.app.url).json('/me'));
  await logIn(project, 1);
  running.type('\n');
  await running.printed(/Enter {2}3 logins and \d+ visitors held over · /);
});

it('says sessions where none of them names a user, and one of each in the singular', async () => {
  const project = await CareProject.begin('filesystem');
  const cart = "app.post('/cart', (req, res) => { req.session.cart = [1]; res.json({}); });";
  const code = toExpressApp('', cart);
  const first = await CareApp.start(project, code);
  await new Browser(project.app.url).request('/cart', { method: 'POST' });
  await first.kill();
  const second = await CareApp.start(project, code);
  await second.running.printed('[holdover] 1 session held over from .holdover/sessions\n');
  await logIn(project, 1);
  await second.kill();
  const third = await CareApp.start(project, code);
  await third.running.printed(
    '[holdover] 1 login and 1 visitor held over from .holdover/sessions\n',
  );
  await third.kill();
  // The place in which the app names the user may be one of its own.
  project.app.write(
    'package.json',
    '{ "name": "project", "type": "module", "holdover": { "who": "cart" } }',
  );
  const last = await CareApp.start(project, code.replace('[1]', "'of-grace'"));
  await new Browser(project.app.url).request('/cart', { method: 'POST' });
  await last.kill();
  const again = await CareApp.start(project, code);
  await again.running.printed(
    '[holdover] 1 login and 2 visitors held over from .holdover/sessions\n',
  );
});

it('says that there are no sessions yet', async () => {
  const project = await CareProject.begin('filesystem');
  const first = await CareApp.start(project, toExpressApp());
  await first.running.printed('[holdover] Created session directory: .holdover/sessions\n');
  await first.kill();
  const second = await CareApp.start(project, toExpressApp());
  await second.running.printed('[holdover] no sessions yet\n');
  expect(second.running.output).not.toContain('held over');
});
