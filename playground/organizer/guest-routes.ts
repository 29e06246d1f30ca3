import { Router } from 'express';

import { hasErrors, readAnswer, readGuestForm } from '../parties/party-forms.ts';
import type { PartyStore } from '../parties/party-store.ts';
import { partyPage } from '../views/party.ts';
import { organizerFrame } from './organizer-frame.ts';

export function guestRoutes(parties: PartyStore): Router {
  const router = Router();

  router.post('/parties/:id/guests', (req, res) => {
    const party = parties.get(req.params.id);
    const form = readGuestForm(req.body);
    if (hasErrors(form)) return res.status(422).send(partyPage(organizerFrame(req), party, form));
    const guest = parties.addGuest(party.id, form.values);
    req.session.flash = `${guest.name} is on the guest list.`;
    res.redirect(303, `/organizer/parties/${party.id}`);
  });

  router.post('/parties/:id/guests/:guestId/answer', (req, res) => {
    const { id, guestId } = req.params;
    const guest = parties.setAnswer(id, guestId, readAnswer(req.body));
    req.session.flash = `The answer of ${guest.name} is saved.`;
    res.redirect(303, `/organizer/parties/${id}`);
  });

  router.post('/parties/:id/guests/:guestId/delete', (req, res) => {
    const { id, guestId } = req.params;
    const guest = parties.removeGuest(id, guestId);
    req.session.flash = `${guest.name} is no longer on the guest list.`;
    res.redirect(303, `/organizer/parties/${id}`);
  });

  return router;
}
