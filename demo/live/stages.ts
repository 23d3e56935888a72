/** How far an event has come on its way to one vendor. */
export const stages = {
  queued: { mark: '', says: 'queued in the browser' },
  held: { mark: '‖', says: 'held until the visitor signs in' },
  sending: { mark: '↑', says: 'on its way' },
  retry: { mark: '↻', says: 'failed, will be tried again' },
  delivered: { mark: '✓', says: 'delivered, as the tracker was told' },
  accepted: { mark: '✓', says: 'arrived: the vendor has it' },
  repeated: { mark: '2', says: 'arrived more than once' },
  dropped: { mark: '✕', says: 'dropped' },
} as const;

export type Stage = keyof typeof stages;

/** Once the vendor has an event, news from the browser, which lags behind, must not take the mark away. */
export function isFinal(stage: Stage | undefined): boolean {
  return stage === 'accepted' || stage === 'repeated' || stage === 'dropped';
}
