// Prints the fingerprint of the key of a directory, which is made when there is none.
import { openSealKey } from '../../../dist/storage/keys/key.js';

const [, , directory, state] = process.argv;
process.stdout.write(openSealKey(directory, state).fingerprint);
