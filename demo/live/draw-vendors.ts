import type { DestinationStats } from 'tracklet';
import { element } from '../shared/dom.js';
import { type FaultName, faultNames } from '../shared/fault-names.js';
import type { Board } from '../shared/live-feed.js';
import { type VendorName, vendorNames } from '../shared/vendor-names.js';
import type { AllCounts, VendorCounts } from './vendor-counts.js';

/** The place of this count among the numbers. */
const DELIVERED = 2;

export interface VendorPanel {
  draw(counts: AllCounts, board: Board): void;
}

/** One block per vendor: what it has, how it is, and the switches for its troubles. Built once, then kept up to date. */
export function createVendorPanel(
  root: HTMLElement,
  choose: (vendor: VendorName, fault: FaultName) => void,
): VendorPanel {
  const blocks = vendorNames.map((vendor) => createBlock(vendor, (fault) => choose(vendor, fault)));
  root.replaceChildren(...blocks.map(({ root }) => root));
  return {
    draw(counts, board) {
      for (const { vendor, draw } of blocks) draw(counts.of(vendor), board.faults[vendor], board.offline);
    },
  };
}

function createBlock(vendor: VendorName, choose: (fault: FaultName) => void) {
  const state = element('small', { className: 'state' });
  const numbers = Array.from({ length: 6 }, () => element('span', { className: 'number' }, '0'));
  const buttons = faultNames.map((fault) => {
    const button = element('button', { type: 'button' }, fault);
    button.addEventListener('click', () => choose(fault));
    return button;
  });
  const title = element('span', { className: 'title' }, vendor);
  const faults = element('div', { className: 'faults' }, ...buttons);
  faults.setAttribute('role', 'group');
  faults.setAttribute('aria-label', `How ${vendor} is`);
  const root = element(
    'div',
    { className: 'vendor' },
    element('div', { className: 'who' }, title, state),
    ...numbers,
    faults,
  );

  return {
    vendor,
    root,
    draw(counts: VendorCounts, fault: FaultName, offline: boolean): void {
      const values = numbersOf(counts);
      numbers.forEach((number, index) => {
        number.textContent = String(values[index]);
        number.classList.toggle('zero', values[index] === 0);
      });
      const unconfirmed = counts.stats?.unconfirmed ?? 0;
      numbers[DELIVERED]?.setAttribute(
        'title',
        unconfirmed ? `${unconfirmed} while a page went away, unconfirmed` : '',
      );
      const { text, mood } = stateOf(counts.stats, counts.lastStatus);
      state.title = counts.stats?.reason ?? '';
      state.textContent = counts.twice > 0 ? `${counts.twice} taken twice` : text;
      root.dataset.mood = counts.twice > 0 ? 'bad' : mood;
      buttons.forEach((button, index) => {
        button.setAttribute('aria-pressed', String(faultNames[index] === fault));
        button.disabled = offline;
      });
    },
  };
}

function numbersOf({ stats, arrived }: VendorCounts): readonly number[] {
  const dropped = Object.values(stats?.dropped ?? {}).reduce((sum, count) => sum + (count ?? 0), 0);
  return [stats?.waiting ?? 0, stats?.held ?? 0, stats?.sent ?? 0, stats?.retries ?? 0, dropped, arrived];
}

function stateOf(stats: DestinationStats | undefined, lastStatus?: number | null): { text: string; mood: string } {
  const answer = lastStatus === undefined ? '' : lastStatus === null ? 'no answer' : String(lastStatus);
  const next = inWords(stats?.notBefore);
  if (stats?.state === 'paused') return { text: `paused by ${answer || 'refusal'}, ${next}`, mood: 'bad' };
  if (stats?.state === 'waiting') return { text: lastStatus ? `${answer}, ${next}` : next, mood: 'careful' };
  return { text: answer ? `ready, last ${answer}` : 'ready', mood: 'good' };
}

function inWords(notBefore = 0): string {
  const seconds = Math.ceil((notBefore - Date.now()) / 1000);
  if (seconds <= 0) return 'tries again';
  return seconds < 100 ? `tries in ${seconds} s` : `tries in ${Math.round(seconds / 60)} min`;
}
