import { toLayout } from '../storage/directory/layout.ts';
import { checkDirectory } from '../storage/directory/prepare.ts';
import { checkSecret } from '../storage/keys/secrets.ts';
import { toMild, type OnFault } from './said.ts';

/** Whether a directory may be one of sessions; always, where nobody hears that it may not. */
export function mayBeUsed(directory: string, onFault: OnFault | undefined): boolean {
  if (!onFault) return true;
  try {
    checkDirectory(toLayout(directory));
    return true;
  } catch (error) {
    onFault(toMild(error as Error));
    return false;
  }
}

/** SESSION_KEY, when it is set and can be used. */
export function resolveSealingSecret(onFault: OnFault | undefined): string | undefined {
  try {
    return checkSecret('SESSION_KEY', process.env.SESSION_KEY || undefined);
  } catch (error) {
    if (!onFault) throw error;
    onFault(toMild(error as Error));
    return undefined;
  }
}
