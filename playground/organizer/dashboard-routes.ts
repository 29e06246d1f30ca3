import { Router } from 'express';

import type { PartyStore } from '../parties/party-store.ts';
import { dashboardPage } from '../views/dashboard.ts';
import { organizerFrame } from './organizer-frame.ts';

const startedAt = new Date();

export function dashboardRoutes(parties: PartyStore): Router {
  const router = Router();

  router.get('/', (req, res) => {
    const visits = (req.session.visits ?? 0) + 1;
    req.session.visits = visits;
    const server = { pid: process.pid, startedAt };
    res.send(dashboardPage(organizerFrame(req), { visits, server, parties: parties.all() }));
  });

  return router;
}
