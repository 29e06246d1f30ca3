import { join } from 'node:path';

import express, { type Express } from 'express';

import { handleError, handleNotFound } from './errors.ts';
import { invitationRoutes } from './invitations/invitation-routes.ts';
import { organizerRoutes } from './organizer/organizer-routes.ts';
import type { PartyStore } from './parties/party-store.ts';
import { sessions } from './session.ts';

export function createApp(parties: PartyStore): Express {
  const app = express();
  app.disable('x-powered-by');

  app.use(express.static(join(import.meta.dirname, 'public')));
  app.use(express.urlencoded({ extended: false }));
  app.use(sessions());

  app.use(invitationRoutes(parties));
  app.use('/organizer', organizerRoutes(parties));

  app.use(handleNotFound);
  app.use(handleError);
  return app;
}
