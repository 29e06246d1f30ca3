/** What a person reads of each kind of failure, and what they can do. */
const ADVICE: [RegExp, string][] = [
  [/WRONGPASS|invalid username-password/, 'Check the user and the password in REDIS_URL.'],
  [/NOAUTH|AUTH.*without any password|Client sent AUTH/, 'Put the password into REDIS_URL.'],
  [/NOPERM/, 'Allow the user of REDIS_URL the keys holdover:* and holdover-retired:*.'],
  [/OOM/, 'Raise maxmemory, or set a maxmemory-policy that evicts.'],
  [/READONLY/, 'Point REDIS_URL to the master.'],
  [
    /certificate|CERT|self.signed/i,
    'Give its CA with the option redis.tls.ca, or NODE_EXTRA_CA_CERTS.',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'Check the host in REDIS_URL.'],
];

/** How long nothing must have been refused before that is over, in milliseconds. */
const CALM = 1000;

/** An error with the status that an app answers with when it passes the error on. */
type UnavailableError = Error & { status: number; statusCode: number };

/**
 * What is said of a Redis that does not serve, to the person at the terminal and to the app: once when
 * it goes, once when it returns.
 */
export class RedisOutage {
  readonly #display: string;
  readonly #log: (message: string) => void;
  #isDown = false;
  #isRefusing = false;
  #refusedAt = 0;

  /** @param display where Redis is, without a password */
  constructor(display: string, log: (message: string) => void) {
    this.#display = display;
    this.#log = log;
  }

  /** It cannot be reached, or does not answer. */
  down(cause: Error): void {
    if (this.#isDown) return;
    this.#isDown = true;
    const consequence = 'Requests that need a session fail with status 503; no login is lost.';
    this.#log(
      `Redis at ${this.#display} is out of reach: ${toReason(cause)}. ${toAdvice(cause)}${consequence}`,
    );
  }

  /** It serves again. */
  up(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#log(`Redis at ${this.#display} is back.`);
  }

  /** It answers, and does not do what was asked. */
  refusing(cause: Error): void {
    this.#refusedAt = performance.now();
    if (this.#isRefusing) return;
    this.#isRefusing = true;
    this.#log(
      `Redis at ${this.#display} refuses to store sessions: ${toReason(cause)}. ${toAdvice(cause)}`.trim(),
    );
  }

  /** It does what it was asked. While memory is short it may take one record and refuse the next. */
  accepting(): void {
    if (!this.#isRefusing || performance.now() - this.#refusedAt < CALM) return;
    this.#isRefusing = false;
    this.#log(`Redis at ${this.#display} stores sessions again.`);
  }

  /** What the app is told. Frameworks answer with its status; some show its message, so it names no host. */
  toError(cause: Error | undefined): UnavailableError {
    const isRefusal = cause !== undefined && isReply(cause);
    const message = isRefusal
      ? `Redis has refused to do that with a session (${codeOf(cause)}). Try again later.`
      : 'The sessions in Redis are out of reach at the moment. Try again later.';
    return Object.assign(new Error(message, { cause }), { status: 503, statusCode: 503 });
  }
}

/** Whether an error is the answer of a Redis that is there: those begin with a code in capitals. */
export function isReply(error: Error): boolean {
  return /^-?[A-Z]{3,}\b/.test(error.message);
}

/** Whether Redis, though it answers, is not the one to ask: another may be, or this one later. */
export function isWrongServer(error: Error): boolean {
  return /^(READONLY|MASTERDOWN|CLUSTERDOWN|LOADING|NOAUTH)\b/.test(error.message);
}

function codeOf(error: Error): string {
  return /^-?([A-Z]+)/.exec(error.message)?.[1] ?? error.name;
}

/** Node gives the reasons of a host with several addresses in one error without a message. */
function toReason(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return (error.message || code || error.name).replace(/\.$/, '');
}

function toAdvice(error: Error): string {
  const advice = ADVICE.find(([pattern]) =>
    pattern.test(`${toReason(error)} ${(error as NodeJS.ErrnoException).code}`),
  );
  return advice ? `${advice[1]} ` : '';
}
