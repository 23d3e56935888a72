import type { Scenario } from '../scenario.js';
import { clocks } from './clocks.js';
import { failures } from './failing.js';
import { killing } from './killing.js';
import { leaving } from './leaving.js';
import { storage } from './storage.js';
import { tabs } from './tabs.js';
import { visits } from './visits.js';

export const scenarios: readonly Scenario[] = [
  ...leaving,
  ...killing,
  ...failures,
  ...tabs,
  ...visits,
  ...storage,
  ...clocks,
];
