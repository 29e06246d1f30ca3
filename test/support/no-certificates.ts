/**
 * Node 20 reads these certificates at every start, which takes longer than the start itself. The suite does
 * not need them, as it speaks with nobody outside of this machine. A check that installs packages does.
 */
export default function setup(): void {
  delete process.env.NODE_EXTRA_CA_CERTS;
}
