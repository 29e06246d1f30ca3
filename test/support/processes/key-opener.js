// Prints the fingerprint of the key of a directory, which is made when there is none, or why it cannot
// be had; as another user if one is named.
import { openSealKey } from '../../results/modules/storage/keys/key.js';

const [, , directory, state, user] = process.argv;
if (user) process.setuid(Number(user));
try {
  process.stdout.write(openSealKey(directory, state).fingerprint);
} catch (error) {
  process.stdout.write(error.message);
}
