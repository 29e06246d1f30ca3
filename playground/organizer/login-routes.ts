import { Router } from 'express';

import { logIn, logOut, takeFlash } from '../session.ts';
import { loginPage } from '../views/login.ts';
import { csrfToken } from './csrf.ts';
import { isOrganizer } from './password.ts';

export function loginRoutes(): Router {
  const router = Router();

  router.get('/login', (req, res) => {
    if (req.session.organizer) return res.redirect('/organizer/');
    const frame = { flash: takeFlash(req), csrfToken: csrfToken(req) };
    res.send(loginPage(frame, { name: '' }));
  });

  router.post('/login', async (req, res) => {
    const name = String(req.body.name ?? '').trim();
    const password = String(req.body.password ?? '');
    if (!(await isOrganizer(name, password))) {
      const error = 'This name and password do not match.';
      return res.status(401).send(loginPage({ csrfToken: csrfToken(req) }, { name, error }));
    }
    await logIn(req, name);
    res.redirect(303, '/organizer/');
  });

  router.post('/logout', async (req, res) => {
    await logOut(req);
    res.redirect(303, '/');
  });

  return router;
}
