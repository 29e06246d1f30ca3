import { Router } from 'express';

import type { PartyStore } from '../parties/party-store.ts';
import { checkCsrfToken } from './csrf.ts';
import { dashboardRoutes } from './dashboard-routes.ts';
import { guestRoutes } from './guest-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { requireLogin } from './organizer-frame.ts';
import { partyRoutes } from './party-routes.ts';

export function organizerRoutes(parties: PartyStore): Router {
  const router = Router();

  router.use(checkCsrfToken);
  router.use(loginRoutes());

  router.use(requireLogin);
  router.use(dashboardRoutes(parties));
  router.use(partyRoutes(parties));
  router.use(guestRoutes(parties));

  return router;
}
