import { shortenId, spellingsOf } from './short-id.ts';

/** Words in a key that say that its value is nobody's business, in the singular. */
const SECRET_WORDS = new Set(
  (
    'auth authorization authorisation bearer credential jwt oauth pat ' +
    'pass passcode passphrase passwd password pwd pin otp totp hotp mfa puk ' +
    'secret token refresh challenge assertion verifier nonce csrf xsrf ' +
    'hash hashed salt salted signature seed mnemonic key code sid ' +
    'card cvc cvn cvv iban ssn'
  ).split(' '),
);

/** The same where words are run together, as `accesstoken`; none of these is a part of other words. */
const SECRET_PARTS =
  /token|secret|passw|passphrase|passcode|pincode|cardn|authcode|credential|authori[sz]ation|bearer|csrf|xsrf|jwt|mnemonic|signature|(access|api|private|secret|signing|encryption)key|(magic|reset|login)link|sessionid|verifier/;

/** Keys and codes that are public, by the words before them. */
const PUBLIC =
  /^(area|cache|color|country|currency|error|foreign|language|locale|postal|primary|public|sort|state|status|zip) ?(code|key)$/;

/** `fooBar`, `FOO_BAR` and `foo-bar2` are words. */
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/** Shorter ids are no secrets, and parts of many words. */
const SHORTEST_SECRET_ID = 8;

/** What may be an id within a text, as in `cart:<id>`. */
const ID_LIKE = /[\w-]{8,}/g;

/** What stands in the place of such a value. */
export const MASK = '••••••';

/** What is deeper than that is shown to nobody, and stands as `…`. */
const DEEPEST = 200;
const MORE = '…';

/**
 * A copy in which, at any depth, values under keys like `token`, `pin` and `cardNumber` are masked, and
 * strings that contain the session's id. Maps, sets, instances and cycles stay what they are.
 *
 * @param id none for what belongs to no session
 * @param ids of sessions, whose beginning is shown where they stand in it
 */
export function maskSecrets(
  secretive: unknown,
  id = '',
  ids: ReadonlySet<string> = new Set(),
): unknown {
  const spellings = spellingsOf(id);
  const copies = new Map<object, unknown>();
  let depth = 0;
  return mask(secretive);

  function mask(inner: unknown): unknown {
    if (typeof inner === 'string') return maskText(inner);
    if (typeof inner !== 'object' || inner === null) return inner;
    if (copies.has(inner)) return copies.get(inner);
    if (depth > DEEPEST) return MORE;
    depth++;
    copy(inner);
    depth--;
    return copies.get(inner);
  }

  function copy(inner: object): void {
    const known = <T>(made: T): T => (copies.set(inner, made), made);
    if (Array.isArray(inner)) {
      const list = known<unknown[]>([]);
      for (const member of inner) list.push(mask(member));
    } else if (inner instanceof Map) {
      const map = known(new Map<unknown, unknown>());
      for (const [key, member] of inner) map.set(mask(key), maskMember(key, member));
    } else if (inner instanceof Set) {
      const set = known(new Set());
      for (const member of inner) set.add(mask(member));
    } else if (Object.prototype.toString.call(inner) === '[object Object]') {
      const made = known(Object.create(Object.getPrototypeOf(inner)) as object);
      for (const [key, member] of Object.entries(inner)) {
        const value = maskMember(key, member);
        const name = maskText(key);
        Object.defineProperty(made, name, { value, enumerable: true, configurable: true });
      }
    } else known(inner); // a date, a buffer
  }

  function maskMember(key: unknown, member: unknown): unknown {
    const isSecret = typeof key === 'string' && namesSecret(key) && holdsSomething(member);
    return isSecret ? MASK : mask(member);
  }

  function maskText(text: string): string {
    if (isOfId(text)) return MASK;
    if (ids.size === 0) return text;
    return text.replace(ID_LIKE, (part) => (ids.has(part) ? shortenId(part) : part));
  }

  function isOfId(text: string): boolean {
    if (id === '') return false;
    if (id.length < SHORTEST_SECRET_ID) return text === id;
    return spellings.some((spelling) => text.includes(spelling));
  }
}

/** Whether a key names a secret: by one of its words, as `user_pin`, not by a part of one, as `spin`. */
function namesSecret(key: string): boolean {
  const words = (key.match(WORD) ?? []).map((word) => word.toLowerCase());
  if (PUBLIC.test(words.slice(-2).join(' '))) return false;
  return words.some(isSecretWord) || SECRET_PARTS.test(words.join(''));
}

/** Several of them are as secret, but for `keys`, which most objects have. */
function isSecretWord(word: string): boolean {
  return SECRET_WORDS.has(word) || (word !== 'keys' && SECRET_WORDS.has(word.replace(/s$/, '')));
}

/** Whether something is set says nothing of what it is. */
function holdsSomething(value: unknown): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean';
}
