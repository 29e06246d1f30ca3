import type { Request, RequestHandler } from 'express';

import { HttpError } from '../errors.ts';
import { takeFlash } from '../session.ts';
import type { OrganizerFrame } from '../views/layout.ts';
import { csrfToken } from './csrf.ts';

export const requireLogin: RequestHandler = (req, res, next) => {
  if (!req.session.organizer) return res.redirect('/organizer/login');
  next();
};

/** What every page behind the login shows around its content. */
export function organizerFrame(req: Request): OrganizerFrame {
  const { organizer } = req.session;
  if (!organizer) throw new HttpError(401, 'Please log in.');
  return { organizer, flash: takeFlash(req), csrfToken: csrfToken(req) };
}
