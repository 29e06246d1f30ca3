import { createDebug } from 'obug';
import { INSPECTOR } from '../history/inside.ts';

const debug = createDebug('holdover:vite');

/** Opens the inspector in a tab: it lets nobody frame it. */
const OPEN = `export default () => void window.open('${INSPECTOR}', '_blank', 'noopener');`;

/** What is known of Vite DevTools (0.8): it calls `setup` where it is installed. */
interface DevTools {
  capabilities: { dev: boolean; build: boolean };
  setup: (context: unknown) => Promise<void>;
}

interface Docks {
  register: (entry: object) => unknown;
}

/**
 * An entry in the dock of Vite DevTools. A kit without docks, or one that fails, harms nothing.
 *
 * @param isServed whether there is an inspector
 */
export function toDevTools(isServed: () => boolean): DevTools {
  return {
    capabilities: { dev: true, build: false },
    async setup(context) {
      if (!isServed()) return;
      try {
        const { docks } = context as { docks: Docks };
        await docks.register({
          id: 'holdover',
          title: 'Sessions',
          icon: 'ph:identification-card-duotone',
          type: 'action',
          action: { importFrom: `data:text/javascript,${encodeURIComponent(OPEN)}` },
        });
      } catch (error) {
        debug('Vite DevTools has no dock for it: %o', error);
      }
    },
  };
}
