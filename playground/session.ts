import { promisify } from 'node:util';

import type { Request, RequestHandler } from 'express';
import session from 'express-session';

export interface Organizer {
  name: string;
  /** Milliseconds since 1970 */
  loggedInAt: number;
}

declare module 'express-session' {
  interface SessionData {
    organizer: Organizer;
    visits: number;
    csrfToken: string;
    flash: string;
  }
}

const sevenDays = 7 * 24 * 60 * 60 * 1000;

export function sessions(): RequestHandler {
  return session({
    // Several with commas: a new one before the old one logs nobody out.
    secret: (process.env.SESSION_SECRET ?? 'party planner development secret').split(','),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', maxAge: sevenDays },
  });
}

export async function logIn(req: Request, name: string): Promise<void> {
  // A new session ID, so that one known from before the login is worth nothing.
  await promisify(req.session.regenerate.bind(req.session))();
  req.session.organizer = { name, loggedInAt: Date.now() };
  await promisify(req.session.save.bind(req.session))();
}

export async function logOut(req: Request): Promise<void> {
  await promisify(req.session.destroy.bind(req.session))();
}

/** Reads the message left by the request before; it is shown once. */
export function takeFlash(req: Request): string | undefined {
  const { flash } = req.session;
  delete req.session.flash;
  return flash;
}
