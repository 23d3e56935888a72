import { ACCEPT, refuse } from '../answers.js';
import type { Round } from '../round.js';
import type { Scenario } from '../scenario.js';
import { heldUp, visited } from './steps.js';

const nameOf = (round: Round) => JSON.stringify(round.site.options.name);

/** Spoils one waiting event of each vendor, wherever the library keeps it. */
const spoilOne = (name: string, number: number) => `
  const opening = indexedDB.open(${name});
  await new Promise((resolve, reject) => { opening.onsuccess = resolve; opening.onerror = reject; });
  const database = opening.result;
  let spoiled = 0;
  for (const store of database.objectStoreNames) {
    const transaction = database.transaction(store, 'readwrite');
    const done = new Promise((resolve) => { transaction.oncomplete = resolve; });
    transaction.objectStore(store).openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (JSON.stringify(cursor.value).includes('"n":${number}}')) spoiled += Boolean(cursor.update('spoiled'));
      cursor.continue();
    };
    await done;
  }
  database.close();
  return spoiled;
`;

/** IndexedDB is not what it should be. */
export const storage: readonly Scenario[] = [
  {
    key: 'before-open',
    title: 'events before the database is open, then a navigation in the same task',
    fast: true,
    async run(round) {
      const tab = await round.open('/bare');
      round.site.scripts.set('/first', `${round.tracking()} location.href = '/second'`);
      await round.leave(tab, "location.href = '/first'");
      await round.until(tab, "location.pathname === '/second' && Boolean(lab.tracker)");
      return tab;
    },
  },
  {
    key: 'quota',
    title: 'the quota is used up',
    needs: ['limit the quota'],
    events: 600,
    async run(round) {
      // Before the database is opened, which is when Chromium asks for the quota. Less than one of the four bursts takes.
      const tab = await round.open('/bare');
      await tab.limitQuota(50_000);
      await tab.goto(`${round.site.origin}/full`);
      round.site.collector.answer = () => refuse(503);
      for (let part = 1; part <= 4; part++) await tab.run(`${round.tracking(round.events / 4)} await lab.waiting();`);
      round.notes.degraded = Number(await tab.run('return lab.told.degraded ?? 0'));
      round.expect(round.notes.degraded === 1, 'the loss of durability was not said');
      round.site.collector.answer = () => ACCEPT;
      await round.settled(tab);
      await tab.limitQuota(undefined);
      return tab;
    },
  },
  {
    key: 'database-deleted',
    title: 'another tab deletes the database under way',
    async run(round) {
      const tab = await visited(round);
      const other = await round.open('/bare/delete');
      await other.run(`
        const deleting = indexedDB.deleteDatabase(${nameOf(round)});
        await new Promise((resolve, reject) => { deleting.onsuccess = resolve; deleting.onblocked = reject; });
      `);
      await other.close();
      for (let event = 1; event <= round.events; event++) await tab.run(round.tracking(1));
      return tab;
    },
  },
  {
    key: 'storage-absent',
    title: 'a sandboxed frame without storage',
    inMemory: true,
    async run(round) {
      round.site.scripts.set(
        '/bare/framing',
        `addEventListener('message', ({ data }) => { window.said = data; });
         document.write('<iframe sandbox="allow-scripts" src="/framed"></iframe>');`,
      );
      round.site.scripts.set(
        '/framed',
        `${round.tracking()} setInterval(() => lab.waiting().then((n) => parent.postMessage(n, '*')), 100);`,
      );
      const tab = await round.open('/bare/framing');
      await round.until(tab, 'window.said === 0');
      await tab.close();
      return undefined;
    },
  },
  {
    key: 'storage-blocked',
    title: 'all storage blocked by the settings',
    needs: ['block storage'],
    inMemory: true,
    launch: { storageBlocked: true },
    async run(round) {
      const tab = await round.open();
      for (let event = 1; event <= round.events; event++) await tab.run(round.tracking(1));
      await round.settled(tab);
      round.notes.degraded = (await tab.run('return lab.told.degraded ?? 0')) as number;
      return tab;
    },
  },
  {
    key: 'storage-silent',
    title: 'IndexedDB never answers',
    async run(round) {
      const blocker = await heldUp(round);
      const tab = await round.open();
      for (let event = 1; event <= round.events; event++) await tab.run(round.tracking(1));
      await round.settled(tab);
      await blocker.close();
      return tab;
    },
  },
  {
    key: 'spoiled-record',
    title: 'a stored record is spoiled',
    drops: 1,
    async run(round) {
      const tab = await visited(round);
      round.site.collector.answer = () => refuse(503);
      await tab.run(round.tracking());
      await round.until(tab, 'lab.told.retry > 1');
      await tab.close();
      const other = await round.open('/bare/spoil');
      const spoiled = await other.run(spoilOne(nameOf(round), 7));
      round.expect(spoiled === round.site.vendors.length, `spoiled ${spoiled} records`);
      await other.close();
      round.site.collector.answer = () => ACCEPT;
      return undefined;
    },
  },
];
