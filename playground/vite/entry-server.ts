import { createApp } from '../app.ts';
import { exampleParties } from '../parties/example-parties.ts';
import { PartyStore } from '../parties/party-store.ts';

/** The party planner, as it is outside of Vite. Evaluated again when a module of it has changed. */
export const app = createApp(new PartyStore(exampleParties()));
