import { createApp } from '../app.ts';
import { parties } from '../parties/party-store.ts';

/** The party planner, as it is outside of Vite. Evaluated again when a module of it has changed. */
export const app = createApp(parties);
