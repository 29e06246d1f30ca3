/** `3 sessions held over`. */
export function formatHeldOver({ count, isMore }: { count: number; isMore: boolean }): string {
  if (isMore) return `at least ${count} sessions held over`;
  if (count === 0) return 'no sessions held over';
  return `${count} ${count === 1 ? 'session' : 'sessions'} held over`;
}
