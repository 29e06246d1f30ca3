import { type Request, Router } from 'express';

import { hasErrors, readRsvpForm } from '../parties/party-forms.ts';
import type { PartyStore } from '../parties/party-store.ts';
import { takeFlash } from '../session.ts';
import { invitationPage } from '../views/invitation.ts';
import { landingPage } from '../views/landing.ts';
import type { Frame } from '../views/layout.ts';

/** The pages that need no login. */
export function invitationRoutes(parties: PartyStore): Router {
  const router = Router();

  router.get('/', (req, res) => {
    res.send(landingPage(guestFrame(req), parties.allPublic()));
  });

  router.get('/parties/:id', (req, res) => {
    res.send(invitationPage(guestFrame(req), parties.get(req.params.id)));
  });

  router.post('/parties/:id/rsvp', (req, res) => {
    const party = parties.get(req.params.id);
    const form = readRsvpForm(req.body);
    if (hasErrors(form)) return res.status(422).send(invitationPage(guestFrame(req), party, form));
    const guest = parties.rsvp(party.id, form.values);
    req.session.flash = `Thank you, ${guest.name}! Your answer is noted.`;
    res.redirect(303, `/parties/${party.id}`);
  });

  return router;
}

function guestFrame(req: Request): Frame {
  return { organizer: req.session.organizer, flash: takeFlash(req) };
}
