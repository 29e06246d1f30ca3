import { type GuestAnswer, type GuestFields, isAnswer, type PartyFields } from './party.ts';

/** What a form was filled in with, and what is wrong with it. */
export interface FormResult<Fields> {
  values: Fields;
  errors: FormErrors<Fields>;
}

export type FormErrors<Fields> = Partial<Record<keyof Fields, string>>;

type FormBody = Record<string, unknown> | undefined;

export function readPartyForm(body: FormBody): FormResult<PartyFields> {
  const values: PartyFields = {
    title: readText(body, 'title', 80),
    date: readText(body, 'date', 16),
    place: readText(body, 'place', 120),
    description: readText(body, 'description', 1000),
    isPublic: readText(body, 'isPublic', 2) === 'on',
  };
  const errors: FormErrors<PartyFields> = {};
  if (!values.title) errors.title = 'Give the party a title.';
  if (!isDate(values.date)) errors.date = 'Choose a date and a time.';
  if (!values.place) errors.place = 'Say where the party takes place.';
  return { values, errors };
}

export function readGuestForm(body: FormBody): FormResult<GuestFields> {
  const values: GuestFields = {
    name: readText(body, 'name', 60),
    answer: readAnswer(body),
    note: readText(body, 'note', 200),
  };
  const errors: FormErrors<GuestFields> = {};
  if (!values.name) errors.name = 'Enter a name.';
  return { values, errors };
}

/** The form of a guest, who has to choose an answer. */
export function readRsvpForm(body: FormBody): FormResult<GuestFields> {
  const { values, errors } = readGuestForm(body);
  if (values.answer === 'pending') errors.answer = 'Choose yes, maybe or no.';
  return { values, errors };
}

export function readAnswer(body: FormBody): GuestAnswer {
  const answer = readText(body, 'answer', 10);
  return isAnswer(answer) ? answer : 'pending';
}

export function hasErrors<Fields>({ errors }: FormResult<Fields>): boolean {
  return Object.keys(errors).length > 0;
}

function readText(body: FormBody, name: string, maxLength: number): string {
  const value = body?.[name];
  return typeof value === 'string' ? value.trim().slice(0, maxLength) : '';
}

function isDate(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}
