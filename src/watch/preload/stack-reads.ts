import { isPackageFile } from './compile-hook.ts';

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/**
 * Sees when the text of a stack is read, or when a frame of code outside of the packages is looked at:
 * under the packages lie other frames in a standby than in a cold run. Looking at frames of packages, as
 * `depd` does to find its caller, is no offence.
 *
 * @returns `left`: the function that is in force now, for whoever wants to know whether it has been left
 */
export function watchStackReads(offend: (what: string) => void): { left(): unknown } {
  let theirs: Prepare | undefined;
  const originals = new WeakMap<Prepare, Prepare>();
  const standard: Prepare = (error, frames) => {
    offend('reads a stack');
    return [String(error), ...frames.map((frame) => `    at ${String(frame)}`)].join('\n');
  };
  const guard = (prepare: Prepare): Prepare => {
    const guarded: Prepare = (error, frames) =>
      Reflect.apply(prepare, Error, [
        error,
        frames.map((frame) => guardFrame(frame, offend)),
      ]) as unknown;
    originals.set(guarded, prepare);
    return guarded;
  };
  Object.defineProperty(Error, 'prepareStackTrace', {
    configurable: true,
    enumerable: true,
    get: () => (theirs ? guard(theirs) : standard),
    set(value: Prepare | undefined) {
      // Many put back what they have read before.
      const original = value && (originals.get(value) ?? value);
      theirs = original === standard ? undefined : original;
    },
  });
  return { left: () => theirs };
}

function guardFrame(frame: NodeJS.CallSite, offend: (what: string) => void): NodeJS.CallSite {
  const file = frame.getFileName();
  if (file && isPackageFile(file)) return frame;
  return new Proxy(frame, {
    get(target, key) {
      offend('looks at who has loaded it');
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
