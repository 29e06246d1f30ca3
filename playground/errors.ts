import type { ErrorRequestHandler, RequestHandler } from 'express';

import { NotFoundError } from './parties/party-store.ts';
import { errorPage } from './views/error.ts';

export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const handleNotFound: RequestHandler = () => {
  throw new HttpError(404, 'There is no page at this address.');
};

export const handleError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error);
  const status = statusOf(error);
  if (status >= 500) console.error(error);
  const message = error instanceof Error && status < 500 ? error.message : 'Something went wrong.';
  // There is no session when reading it was what failed.
  const frame = { organizer: req.session?.organizer };
  res.status(status).send(errorPage(frame, status, message));
};

function statusOf(error: unknown): number {
  if (error instanceof NotFoundError) return 404;
  // Express and its body parser put a status on their errors, too.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    return error.status;
  }
  return 500;
}
