/** A request that has failed, in one sentence. */
export class ApiError extends Error {
  /** The status of HTTP; 0 when nobody has answered. */
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const token = document.querySelector<HTMLMetaElement>('meta[name="holdover-token"]')?.content ?? '';

/**
 * Asks the API for something that changes nothing.
 *
 * @throws ApiError
 */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await open(path, { signal: signal ?? null });
  return (await readJson(response)) as Answer;
}

/**
 * Asks the API for a change, or for something that is secret.
 *
 * @throws ApiError
 */
export async function post<Answer>(path: string, body: object = {}): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await open(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await readJson(response)) as Answer;
}

/**
 * Makes a request of the API.
 *
 * @returns the response, which is a good one
 * @throws ApiError
 */
export async function open(path: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, 'X-Holdover-Token': token };
  const response = await fetch(`api/${path}`, { ...init, headers }).catch((cause: unknown) => {
    throw new ApiError('The inspector does not answer.', 0, { cause });
  });
  if (response.ok) return response;
  const { error } = (await readJson(response).catch(() => ({}))) as { error?: string };
  throw new ApiError(error ?? `The inspector has answered ${response.status}.`, response.status);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new ApiError('The answer of the inspector cannot be read.', response.status, { cause });
  }
}

/** An error as one sentence. */
export function toSentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
