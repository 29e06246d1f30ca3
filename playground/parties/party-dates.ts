const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short' });
const longDate = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export interface PartyDate {
  day: string;
  month: string;
  longDate: string;
  time: string;
}

export function formatPartyDate(value: string): PartyDate {
  const date = new Date(value);
  return {
    day: day.format(date),
    month: month.format(date),
    longDate: longDate.format(date),
    time: time.format(date),
  };
}
