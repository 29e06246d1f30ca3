import { resolveProject } from '../../care/project.ts';
import type { Listening } from '../../inspector/listen.ts';
import { toPrintable } from '../../session/display/printable.ts';
import type { Report } from '../../watch/report.ts';

/** The inspector of `holdover watch --ui`, on a port of its own. It stays there over restarts. */
export class WatchUi {
  readonly #listening: Promise<Listening | undefined>;

  /** @param root of the project, absolute */
  constructor(root: string, report: Report) {
    this.#listening = open(root, report).catch((error: Error) => {
      report.say(`There is no inspector: ${toPrintable(error.message)}`);
      return undefined;
    });
  }

  /** Ends its connections; it may be opened yet. */
  close(): void {
    void this.#listening.then((listening) => listening?.close());
  }
}

/** Without the flag nothing of it is loaded. */
async function open(root: string, report: Report): Promise<Listening | undefined> {
  if (resolveProject({ root }).isProduction) {
    report.say('NODE_ENV is production, and the inspector is for development only: --ui is off.');
    return undefined;
  }
  const { listen } = await import('../../inspector/listen.ts');
  const listening = await listen({ root, pid: process.pid });
  report.inspected(listening.address);
  return listening;
}
