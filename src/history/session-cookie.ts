import { createHmac } from 'node:crypto';
import cookiePackage from 'cookie';
import cookieSignature from 'cookie-signature';

/** A cookie by which a framework finds sessions. */
export interface WatchedCookie {
  framework: string;
  name: string;
  /** What stands before the id: `s:`, or nothing. */
  prefix: string;
  /** How it is made of the id. */
  form: CookieForm;
  /** `undefined` when the app signs by means of its own. */
  secrets: (string | Buffer)[] | undefined;
  /** Whether it is set over HTTPS only. */
  secure: boolean;
}

/**
 * `signed`: the id, a dot, its signature. `signed beside`: the signature is in a cookie of its own, as Koa has it.
 * `plain`: the id alone. `sealed`: in a way that only the framework knows.
 */
export type CookieForm = 'signed' | 'signed beside' | 'plain' | 'sealed';

/** What of a cookie has to be known to write it. */
export type WrittenCookie = Pick<WatchedCookie, 'name' | 'prefix' | 'form' | 'secrets'>;

/** The cookie of a session, as the framework of the app sets it. */
export interface CookieText {
  name: string;
  /** As a browser sends it: `connect.sid=s%3A…`; several, when the signature is in a cookie of its own. */
  header: string;
  /** As the app would set it: the values of headers named Set-Cookie. */
  setCookie: string[];
}

/** What a cookie is set with beside its value; as frameworks name it, but `maxAge` in seconds everywhere. */
export interface CookieAttributes {
  domain?: string | undefined;
  expires?: Date | string | null | undefined;
  httpOnly?: boolean | undefined;
  maxAge?: number | undefined;
  partitioned?: boolean | undefined;
  path?: string | undefined;
  priority?: 'low' | 'medium' | 'high' | undefined;
  sameSite?: boolean | 'lax' | 'strict' | 'none' | undefined;
  secure?: boolean | undefined;
}

/** What has come of a cookie. */
export type CookieFinding =
  | { is: 'missing' }
  /** Not in the form that the framework gives it. */
  | { is: 'foreign' }
  | { is: 'badly signed' | 'good'; id: string };

/** Looks at the cookie of a request as its framework does. */
export function readSessionCookie(
  header: string | undefined,
  { name, prefix, form, secrets }: WatchedCookie,
): CookieFinding {
  const cookies = header === undefined ? {} : cookiePackage.parse(header);
  const value = cookies[name];
  if (value === undefined) return { is: 'missing' };
  if (!value.startsWith(prefix)) return { is: 'foreign' };
  const signed = value.slice(prefix.length);
  if (secrets === undefined || form === 'sealed') return { is: 'good', id: signed };
  if (form === 'signed beside') {
    const signature = cookies[`${name}.sig`];
    const isGood = secrets.some((secret) => signAsKoa(`${name}=${value}`, secret) === signature);
    return { is: isGood ? 'good' : 'badly signed', id: value };
  }
  const dot = signed.lastIndexOf('.');
  if (dot <= 0) return { is: 'foreign' };
  const isGood = secrets.some((secret) => cookieSignature.unsign(signed, secret) !== false);
  return { is: isGood ? 'good' : 'badly signed', id: signed.slice(0, dot) };
}

/**
 * Makes the cookie of a session as its framework does, signed with the newest secret.
 *
 * @returns `undefined` where it is not known how
 * @throws TypeError for what cannot stand in a cookie
 */
export function writeSessionCookie(
  cookie: WrittenCookie,
  id: string,
  attributes: CookieAttributes,
): CookieText | undefined {
  const values = toValues(cookie, id);
  if (!values) return undefined;
  const encode = cookie.form === 'signed beside' ? (text: string) => text : encodeURIComponent;
  const options = { ...toOptions(attributes), encode };
  return {
    name: cookie.name,
    header: values
      .map(([name, value]) => cookiePackage.serialize(name, value, { encode }))
      .join('; '),
    setCookie: values.map(([name, value]) => cookiePackage.serialize(name, value, options)),
  };
}

/** The names and values of a cookie, and of that with its signature. */
function toValues(
  { name, prefix, form, secrets }: WrittenCookie,
  id: string,
): [name: string, value: string][] | undefined {
  if (form === 'plain') return [[name, prefix + id]];
  const [newest] = secrets ?? [];
  if (newest === undefined || form === 'sealed') return undefined;
  if (form === 'signed') return [[name, prefix + cookieSignature.sign(id, newest)]];
  const signature = signAsKoa(`${name}=${id}`, newest);
  return [
    [name, id],
    [`${name}.sig`, signature],
  ];
}

/** What frameworks leave empty is `null` for some, and a date has been JSON. */
function toOptions({ domain, path, priority, sameSite, ...given }: CookieAttributes) {
  const expires = given.expires ? new Date(given.expires) : undefined;
  return {
    ...(typeof given.maxAge === 'number' && { maxAge: Math.trunc(given.maxAge) }),
    ...(domain && { domain }),
    path: path || '/',
    ...(expires && { expires }),
    httpOnly: given.httpOnly === true,
    secure: given.secure === true,
    partitioned: given.partitioned === true,
    ...(priority && { priority }),
    ...(sameSite && { sameSite }),
  };
}

/** As Keygrip does where an app does not say how. */
function signAsKoa(text: string, secret: string | Buffer): string {
  return createHmac('sha1', secret).update(text).digest('base64url');
}
