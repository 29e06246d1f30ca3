export const answers = ['yes', 'maybe', 'no'] as const;

export type Answer = (typeof answers)[number];

/** A guest who is invited and has not answered yet is pending. */
export type GuestAnswer = Answer | 'pending';

export interface GuestFields {
  name: string;
  answer: GuestAnswer;
  note: string;
}

export interface Guest extends GuestFields {
  id: string;
}

export interface PartyFields {
  title: string;
  /** Local time as a datetime-local input writes it: 2026-12-12T17:00 */
  date: string;
  place: string;
  description: string;
  isPublic: boolean;
}

export interface Party extends PartyFields {
  id: string;
  guests: Guest[];
}

export function countAnswers(party: Party): Record<GuestAnswer, number> {
  const counts = { yes: 0, maybe: 0, no: 0, pending: 0 };
  for (const guest of party.guests) counts[guest.answer] += 1;
  return counts;
}

export function isAnswer(value: string): value is Answer {
  return (answers as readonly string[]).includes(value);
}
