import { isProductionEnvironment } from '../options.ts';
import { logToTerminal } from './terminal.ts';

/**
 * Calls a function that throws for a misconfiguration. In production such an error ends the process with one
 * line and the exit code 1, without a stack, unless the app catches it.
 *
 * @throws what the function throws
 */
export function refuseInOneLine<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (isProductionEnvironment()) {
      process.on('uncaughtExceptionMonitor', (uncaught) => {
        if (uncaught !== error || process.listenerCount('uncaughtException') > 0) return;
        logToTerminal((error as Error).message);
        process.exit(1);
      });
    }
    throw error;
  }
}
