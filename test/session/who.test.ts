import { describe, expect, it } from 'vitest';
import { findWho } from '../../src/session/who.ts';

describe('findWho', () => {
  it.each([
    [{ passport: { user: 'ada' } }, 'ada'],
    [{ passport: { user: { id: 7, email: 'ada@x.org' } } }, 'ada@x.org'],
    [{ user: 'ada' }, 'ada'],
    [{ user: { email: 'ada@x.org', name: 'Ada' } }, 'ada@x.org'],
    [{ user: { id: 7 } }, '7'],
    [{ userId: 42 }, '42'],
    [{ person_id: 'p1' }, 'p1'],
    [{ _data: { user: { value: 'ada', flash: false } } }, 'ada'],
    [{ _data: { user: { value: { email: 'ada@x.org' }, flash: false } } }, 'ada@x.org'],
    [{ passport: {}, userId: 3 }, '3'],
    [{ adminUser: { email: 'ada@x.org', title: 'Dr' } }, 'ada@x.org'], // AdminJS
    [{ passport: { user: { user: 'bull-board' } } }, 'bull-board'],
    [{ organizer: { name: 'ada', loggedInAt: 1 }, csrf: 'x' }, 'ada'], // our own playground
    [{ uid: 'x', accountId: 'ada' }, 'ada'], // oidc-provider
    [{ user: null, cart: ['ada'] }, undefined],
    [{}, undefined],
  ])('finds in %j %s', (data, who) => {
    expect(findWho(data)).toBe(who);
  });

  it('looks in one place only when that is named', () => {
    expect(findWho({ user: 'no', account: { owner: { name: 'ada' } } }, 'account.owner')).toBe(
      'ada',
    );
    expect(findWho({ user: 'no' }, 'account.owner')).toBeUndefined();
    expect(findWho({ _data: { member: { value: 'ada' } } }, 'member')).toBe('ada');
    expect(findWho({}, 'constructor.name')).toBeUndefined();
  });
});
