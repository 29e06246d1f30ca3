/** Something that the client has asked for in vain. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'not_found', `There is no ${what} ${JSON.stringify(id)}.`);
}

export function conflict(message: string): Problem {
  return new Problem(409, 'conflict', message);
}

export function invalid(message: string): Problem {
  return new Problem(400, 'invalid', message);
}
