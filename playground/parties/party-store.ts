import { exampleParties } from './example-parties.ts';
import type { Guest, GuestFields, Party, PartyFields } from './party.ts';

export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

/** Keeps parties in plain memory. */
export class PartyStore {
  readonly #parties = new Map<string, Party>();

  constructor(parties: Iterable<Party> = []) {
    for (const party of parties) this.#parties.set(party.id, party);
  }

  all(): Party[] {
    return [...this.#parties.values()].toSorted((a, b) => a.date.localeCompare(b.date));
  }

  allPublic(): Party[] {
    return this.all().filter((party) => party.isPublic);
  }

  get(id: string): Party {
    const party = this.#parties.get(id);
    if (!party) throw new NotFoundError('There is no such party.');
    return party;
  }

  create(fields: PartyFields): Party {
    const party = { ...fields, id: newId(), guests: [] };
    this.#parties.set(party.id, party);
    return party;
  }

  update(id: string, fields: PartyFields): Party {
    return Object.assign(this.get(id), fields);
  }

  delete(id: string): Party {
    const party = this.get(id);
    this.#parties.delete(id);
    return party;
  }

  addGuest(partyId: string, fields: GuestFields): Guest {
    const guest = { ...fields, id: newId() };
    this.get(partyId).guests.push(guest);
    return guest;
  }

  /** Takes the answer of someone who may already be on the guest list, waiting to answer. */
  rsvp(partyId: string, fields: GuestFields): Guest {
    const name = fields.name.toLowerCase();
    const invited = this.get(partyId).guests.find(
      (guest) => guest.answer === 'pending' && guest.name.toLowerCase() === name,
    );
    return invited ? Object.assign(invited, fields) : this.addGuest(partyId, fields);
  }

  getGuest(partyId: string, guestId: string): Guest {
    const guest = this.get(partyId).guests.find(({ id }) => id === guestId);
    if (!guest) throw new NotFoundError('There is no such guest.');
    return guest;
  }

  setAnswer(partyId: string, guestId: string, answer: Guest['answer']): Guest {
    return Object.assign(this.getGuest(partyId, guestId), { answer });
  }

  removeGuest(partyId: string, guestId: string): Guest {
    const guest = this.getGuest(partyId, guestId);
    const party = this.get(partyId);
    party.guests = party.guests.filter(({ id }) => id !== guestId);
    return guest;
  }
}

/** All of them: package.json names this file under "keep", so that they outlive a restart. */
export const parties = new PartyStore(exampleParties());

function newId(): string {
  return crypto.randomUUID().slice(0, 8);
}
