import { MemoryStorage as PlainMemoryStorage } from '../../src/storage/memory.ts';

export type { Medium } from '../../src/storage/memory.ts';

/** A storage in memory that counts what it is asked to write. */
export class MemoryStorage extends PlainMemoryStorage {
  /** The verbs that have reached this storage and may write, in order. */
  readonly written: ('set' | 'touch' | 'retire' | 'revive')[] = [];

  override set(key: string, text: string, ttl: number): boolean {
    this.written.push('set');
    return super.set(key, text, ttl);
  }

  override touch(key: string, ttl: number): boolean {
    this.written.push('touch');
    return super.touch(key, ttl);
  }

  override retire(key: string, ttl: number): void {
    this.written.push('retire');
    return super.retire(key, ttl);
  }

  override revive(key: string): void {
    this.written.push('revive');
    return super.revive(key);
  }
}
