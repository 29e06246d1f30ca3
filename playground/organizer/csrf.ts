import { randomBytes, timingSafeEqual } from 'node:crypto';

import type { Request, RequestHandler } from 'express';

import { HttpError } from '../errors.ts';

/** The token of this session, for a hidden field in every form of the organizer's pages. */
export function csrfToken(req: Request): string {
  req.session.csrfToken ??= randomBytes(32).toString('base64url');
  return req.session.csrfToken;
}

export const checkCsrfToken: RequestHandler = (req, _res, next) => {
  if (req.method === 'POST' && !hasToken(req)) {
    throw new HttpError(403, 'This form has expired. Go back, reload the page and try again.');
  }
  next();
};

function hasToken(req: Request): boolean {
  const expected = req.session.csrfToken;
  const given: unknown = req.body?.csrfToken;
  if (!expected || typeof given !== 'string') return false;
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(given);
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
