/** Runs something of the app's; what it throws says what that was. */
export function tryTo<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} has thrown: ${message}`, { cause: error });
  }
}
