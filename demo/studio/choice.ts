import { extras, plans, rhythms } from './plans.js';

/** What the visitor has chosen so far. Kept in memory: a reload starts over, like closing the catalogue. */
export interface Choice {
  plan: string;
  rhythm: string;
  extra: string;
}

export const choice: Choice = { plan: 'cup', rhythm: 'season', extra: '' };

export const chosenPlan = () => plans.find(({ slug }) => slug === choice.plan);
export const chosenRhythm = () => rhythms.find(({ slug }) => slug === choice.rhythm);
export const chosenExtra = () => extras.find(({ slug }) => slug === choice.extra);

export function parcelCents(): number {
  return (chosenPlan()?.cents ?? 0) + (chosenExtra()?.cents ?? 0);
}
