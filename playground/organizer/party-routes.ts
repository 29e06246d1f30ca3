import { Router } from 'express';

import { hasErrors, readPartyForm } from '../parties/party-forms.ts';
import type { PartyStore } from '../parties/party-store.ts';
import { editPartyPage, newPartyPage } from '../views/party-editor.ts';
import { partyPage } from '../views/party.ts';
import { organizerFrame } from './organizer-frame.ts';

export function partyRoutes(parties: PartyStore): Router {
  const router = Router();

  router.get('/parties/new', (req, res) => {
    res.send(newPartyPage(organizerFrame(req)));
  });

  router.post('/parties', (req, res) => {
    const form = readPartyForm(req.body);
    if (hasErrors(form)) return res.status(422).send(newPartyPage(organizerFrame(req), form));
    const party = parties.create(form.values);
    req.session.flash = `“${party.title}” is planned. Now invite some guests.`;
    res.redirect(303, `/organizer/parties/${party.id}`);
  });

  router.get('/parties/:id', (req, res) => {
    res.send(partyPage(organizerFrame(req), parties.get(req.params.id)));
  });

  router.get('/parties/:id/edit', (req, res) => {
    const party = parties.get(req.params.id);
    res.send(editPartyPage(organizerFrame(req), party, { values: party, errors: {} }));
  });

  router.post('/parties/:id/edit', (req, res) => {
    const party = parties.get(req.params.id);
    const form = readPartyForm(req.body);
    if (hasErrors(form)) {
      return res.status(422).send(editPartyPage(organizerFrame(req), party, form));
    }
    parties.update(party.id, form.values);
    req.session.flash = `The changes to “${party.title}” are saved.`;
    res.redirect(303, `/organizer/parties/${party.id}`);
  });

  router.post('/parties/:id/delete', (req, res) => {
    const party = parties.delete(req.params.id);
    req.session.flash = `“${party.title}” is deleted.`;
    res.redirect(303, '/organizer/');
  });

  return router;
}
