import { type BinaryLike, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const hashPassword = promisify<BinaryLike, BinaryLike, number, Buffer>(scrypt);

// The one organizer of this demonstration: ada, with the password "lovelace".
const organizer = {
  name: 'ada',
  salt: Buffer.from('e3550e61d0ca16dbc707a07761f0d94e', 'hex'),
  passwordHash: Buffer.from(
    'c76a857fd82bcb1001938cb6b0938dba5a9c7e2f923b697f094453f45a663131',
    'hex',
  ),
};

export async function isOrganizer(name: string, password: string): Promise<boolean> {
  const { salt, passwordHash } = organizer;
  // Hashed before the name is looked at, so that a wrong name takes as long as a wrong password.
  const hash = await hashPassword(password, salt, passwordHash.length);
  return timingSafeEqual(hash, passwordHash) && name === organizer.name;
}
