import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

import type { PartyStore } from '../parties/party-store.ts';
import { answers, countAnswers, isAnswer } from '../parties/party.ts';

const party = z.string().describe('The id of a party, as list_parties has it');
const name = z.string().describe('The name of a guest');

/** What an agent can do for a party. Add a tool, save, and the agent that is connected has it. */
export function registerTools(server: McpServer, parties: PartyStore): void {
  server.registerTool('list_parties', { description: 'Lists all parties.' }, () => {
    const lines = parties.all().map(({ id, title, date, place }) => {
      return `${id}: ${title}, ${date} at ${place}`;
    });
    return text(lines.join('\n'));
  });

  server.registerTool(
    'invite_guest',
    { description: 'Invites a guest to a party.', inputSchema: { party, name } },
    (given) => {
      parties.addGuest(given.party, { name: given.name, answer: 'pending', note: '' });
      return text(`${given.name} is invited to ${parties.get(given.party).title}.`);
    },
  );

  server.registerTool(
    'rsvp',
    { description: 'Asks whether a guest comes to a party.', inputSchema: { party, name } },
    async (given, { requestId }) => {
      const { title } = parties.get(given.party);
      const asked = await server.server.elicitInput(
        {
          message: `${given.name}, will you come to ${title}?`,
          requestedSchema: {
            type: 'object',
            properties: { answer: { type: 'string', enum: [...answers] } },
            required: ['answer'],
          },
        },
        { relatedRequestId: requestId },
      );
      const answer = String(asked.content?.answer);
      if (asked.action !== 'accept' || !isAnswer(answer)) return text('There was no answer.');
      const guest = parties.rsvp(given.party, { name: given.name, answer, note: '' });
      const { yes } = countAnswers(parties.get(given.party));
      return text(`${guest.name} says ${answer}: ${yes} come to ${title}.`);
    },
  );
}

function text(said: string): CallToolResult {
  return { content: [{ type: 'text', text: said }] };
}
