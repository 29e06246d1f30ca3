import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a certificate for localhost that nobody trusts: `key.pem` and `cert.pem` in a folder. */
export function createCertificate(folder: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files, '-subj', '/CN=localhost'], {
    stdio: 'ignore',
  });
}

/**
 * Makes a CA of its own in a folder (`ca.pem`), a certificate of a server for some names (`cert.pem`,
 * `key.pem`) and one of a client (`client.pem`, `client-key.pem`).
 */
export function createCertificates(folder: string, names: string): void {
  const path = (name: string): string => join(folder, name);
  const run = (...words: string[]): void => {
    execFileSync('openssl', words, { stdio: 'ignore' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-keyout', path('ca-key.pem'), '-out', path('ca.pem'), '-subj', '/CN=Test CA'];
  run('req', '-x509', ...key, ...ca);
  writeFileSync(path('names.txt'), `subjectAltName=${names}\n`);
  for (const [name, keyName] of [
    ['cert.pem', 'key.pem'],
    ['client.pem', 'client-key.pem'],
  ] as const) {
    const request = ['-keyout', path(keyName), '-out', path('request.pem'), '-subj', '/CN=test'];
    run('req', ...key, ...request);
    const signed = ['-req', '-in', path('request.pem'), '-CA', path('ca.pem')];
    const by = ['-CAkey', path('ca-key.pem'), '-CAcreateserial', '-extfile', path('names.txt')];
    run('x509', ...signed, ...by, '-days', '2', '-out', path(name));
  }
}
