import type { Party } from './party.ts';

export function exampleParties(): Party[] {
  return [
    {
      id: 'lantern-walk',
      title: 'Lantern walk & hot cider',
      date: '2026-12-12T17:00',
      place: 'Mill Pond, east gate',
      description:
        'A slow walk around the pond by lantern light, then hot cider and gingerbread by the fire. Bring a mug and warm shoes; we have lanterns to lend.',
      isPublic: true,
      guests: [
        { id: 'grace', name: 'Grace', answer: 'yes', note: 'I bring the gingerbread.' },
        { id: 'alan', name: 'Alan', answer: 'yes', note: '' },
        { id: 'katherine', name: 'Katherine', answer: 'maybe', note: 'If the train is on time.' },
        { id: 'edsger', name: 'Edsger', answer: 'pending', note: '' },
      ],
    },
    {
      id: 'new-years-eve',
      title: 'New Year’s Eve at the boathouse',
      date: '2026-12-31T20:00',
      place: 'The boathouse, Harbour Lane 3',
      description:
        'Soup, records and a long table. At midnight we go out on the jetty to watch the fireworks over the water.',
      isPublic: true,
      guests: [
        { id: 'hedy', name: 'Hedy', answer: 'yes', note: 'With my record player.' },
        { id: 'dennis', name: 'Dennis', answer: 'no', note: 'On call that night. Have fun!' },
        { id: 'barbara', name: 'Barbara', answer: 'yes', note: 'Vegetarian, please.' },
        { id: 'linus', name: 'Linus', answer: 'pending', note: '' },
      ],
    },
    {
      id: 'pancake-night',
      title: 'Pancake night',
      date: '2027-02-09T18:30',
      place: 'Ada’s kitchen, second floor',
      description:
        'Shrove Tuesday, two pans, too many toppings. Come hungry and tell us which filling we should try.',
      isPublic: true,
      guests: [
        { id: 'margaret', name: 'Margaret', answer: 'yes', note: 'Lemon and sugar, nothing else.' },
        { id: 'donald', name: 'Donald', answer: 'maybe', note: '' },
      ],
    },
  ];
}
