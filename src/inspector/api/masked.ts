import { isMcpClient, type SessionFacts } from '../../care/sessions.ts';
import { maskClient } from '../../mcp/messages/client.ts';
import { isObject } from '../../options/values.ts';
import { MASK, maskSecrets } from '../../session/display/mask.ts';
import type { SessionData } from '../../session/record.ts';

/** Data as it is shown: what is nobody's business is `null`, and where that is. */
export interface Masked {
  data: unknown;
  masked: string[][];
}

/** The data of a session without its secrets and its id. */
export function toMasked(facts: SessionFacts): Masked {
  const masked: string[][] = [];
  return { data: hide(facts.data, toShown(facts), []), masked };

  function hide(real: unknown, shown: unknown, path: string[]): unknown {
    if (shown === MASK && real !== MASK) {
      masked.push(path);
      return null;
    }
    if (Array.isArray(shown)) {
      const list = real as unknown[];
      return shown.map((member, i) => hide(list[i], member, [...path, String(i)]));
    }
    if (!isObject(shown) || !isObject(real)) return shown;
    const entries = Object.entries(shown).map(([name, member]) => {
      return [name, hide(real[toRealName(real, shown, name)], member, [...path, name])] as const;
    });
    return Object.fromEntries(entries);
  }
}

/** A path as it was shown, with the names that the data has: one that contains the id is masked, too. */
export function toRealPath(facts: SessionFacts, path: string[]): string[] {
  let real: unknown = facts.data;
  let shown: unknown = toShown(facts);
  return path.map((name) => {
    const realName = isObject(real) && isObject(shown) ? toRealName(real, shown, name) : name;
    real = memberOf(real, realName);
    shown = memberOf(shown, name);
    return realName;
  });
}

/** What stands in data under a path; `undefined` for nothing. */
export function valueAt(data: SessionData, path: string[]): unknown {
  return path.reduce<unknown>(memberOf, data);
}

function toShown(facts: SessionFacts): SessionData {
  const shown = maskSecrets(facts.data, facts.id) as SessionData;
  return isMcpClient(facts) ? maskClient(shown) : shown;
}

function toRealName(real: object, shown: object, name: string): string {
  if (Object.hasOwn(real, name) || !Object.hasOwn(shown, name)) return name;
  return Object.keys(real).findLast((key) => !Object.hasOwn(shown, key)) ?? name;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
