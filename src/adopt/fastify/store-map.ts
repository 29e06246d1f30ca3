import type { SessionData } from '../../session/record.ts';
import type { Sessions } from '../../session/sessions.ts';
import { answerWithin } from '../callback.ts';
import { readNow, storeSession, type FrameworkSession } from '../cookies/cookie-expiry.ts';

/** The sessions behind the maps of adopted stores. */
const behind = new WeakMap<SessionMap, Sessions>();

/**
 * Has the map of an adopted store, its property `store`, show what is stored: apps and their tests look
 * into it, by that property or because they have given it to the store. What an app puts into it is stored.
 * It is empty, and stays so, where sessions are on a server. A map of a class of the app's own is left as it
 * is.
 */
export function showInMap({ store: map }: { store?: unknown }, sessions: Sessions): void {
  if (!(map instanceof Map) || Object.getPrototypeOf(map) !== Map.prototype) return;
  if (!sessions.isRemote) behind.set(map as SessionMap, sessions);
  Object.setPrototypeOf(map, SessionMap.prototype);
}

/** A map that has its entries elsewhere. It is not constructed, so it has no private members: a map becomes one. */
class SessionMap extends Map<string, SessionData> {
  override get size(): number {
    return idsIn(this).length;
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  override get(id: string): SessionData | undefined {
    const sessions = behind.get(this);
    return sessions && readNow(sessions, id);
  }

  override set(id: string, session: SessionData): this {
    const sessions = behind.get(this);
    if (sessions)
      answerWithin(() => storeSession(sessions, id, session as FrameworkSession), undefined);
    return this;
  }

  override delete(id: string): boolean {
    const has = this.has(id);
    if (has) answerWithin(() => behind.get(this)?.destroy(id), undefined);
    return has;
  }

  override clear(): void {
    answerWithin(() => behind.get(this)?.clear(), undefined);
  }

  override *entries(): MapIterator<[string, SessionData]> {
    for (const id of idsIn(this)) {
      const session = this.get(id);
      if (session) yield [id, session];
    }
  }

  override *keys(): MapIterator<string> {
    for (const [id] of this.entries()) yield id;
  }

  override *values(): MapIterator<SessionData> {
    for (const [, session] of this.entries()) yield session;
  }

  override [Symbol.iterator](): MapIterator<[string, SessionData]> {
    return this.entries();
  }

  override forEach(
    call: (session: SessionData, id: string, map: Map<string, SessionData>) => void,
    self?: unknown,
  ): void {
    for (const [id, session] of this.entries()) call.call(self, session, id, this);
  }
}

function idsIn(map: SessionMap): string[] {
  return behind.get(map)?.ids() ?? [];
}
