import { describe, expect, it } from 'vitest';
import { Recent } from '../../src/session/recent.ts';

describe('what was used last', () => {
  it('is kept up to a number, and the least used goes', () => {
    const recent = new Recent<number>(3);
    for (const [value, key] of ['a', 'b', 'c'].entries()) recent.set(key, value);
    expect(recent.get('a')).toBe(0);
    recent.set('d', 3);
    expect(['a', 'b', 'c', 'd'].filter((key) => recent.has(key))).toEqual(['a', 'c', 'd']);
  });

  it('is kept up to a size, whatever is set again, deleted or too large', () => {
    const recent = new Recent<string>(10, (value) => value.length);
    const kept = () => ['a', 'b', 'c', 'd'].filter((key) => recent.has(key)).join('');
    recent.set('a', '1234');
    recent.set('b', '1234');
    recent.set('a', '12');
    recent.set('c', '1234');
    expect(kept()).toBe('abc');
    recent.set('d', 'x'.repeat(11));
    expect(kept()).toBe('abc');
    recent.set('c', 'x'.repeat(11));
    expect(kept()).toBe('ab');
    expect(recent.delete('b')).toBe(true);
    expect(recent.delete('b')).toBe(false);
    recent.set('d', 'x'.repeat(8));
    expect(kept()).toBe('ad');
    recent.clear();
    recent.set('b', 'x'.repeat(10));
    expect(kept()).toBe('b');
  });
});
