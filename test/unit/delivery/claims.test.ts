import { expect, test, vi } from 'vitest';
import { createJournal } from '../../../src/queue/journal.js';
import { comeBack, leave, numbered, openPage, provenPage, tick } from './lane-harness.js';

/** What pages say of events whose answer they may not hear, told of in all the ways in which it was once forgotten. */

test('a refusal of one batch that was sent at exit leaves what was claimed of another', async () => {
  const page = await provenPage({ answer: (ids) => ({ status: ids.includes('e10') ? 429 : 200 }) });
  page.track(numbered(15));
  await page.queue.peek('lane', 1);
  leave(page);
  // Time to hear the answers before it is frozen.
  await tick(20);
  const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
  next.track(['x']);
  await next.flush();
  await next.flush();
  const again = next.sent.flatMap(({ ids }) => ids).filter((id) => numbered(10).includes(id));
  expect(again).toEqual([]);
});

test('so does the answer to one, heard after a return', async () => {
  const a = await provenPage();
  const answers: ((value: Response) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((resolve) => answers.push(resolve)));
  a.track(numbered(15));
  await a.queue.peek('lane', 1);
  leave(a);
  expect(answers).toHaveLength(2);
  // Five seconds later it comes back; the first answer is there.
  a.state.now += 5_000;
  comeBack(a);
  answers[0]?.(new Response('', { status: 200 }));
  await tick(30);
  const c = openPage({ name: a.name, storage: a.storage, at: a.state.now + 100 });
  await c.flush();
  answers[1]?.(new Response('', { status: 200 }));
  await tick(30);
  expect(c.sent.flatMap(({ ids }) => ids)).toEqual([]);
});

test('claims stand while the event itself is still to come from the journal', async () => {
  const page = await provenPage();
  page.track(['e']);
  const [record] = await page.queue.peek('lane', 1);
  leave(page);
  expect(page.sent.at(-1)?.ids).toEqual(['e']);
  // As in WebKit: its last put is lost, the journal has it.
  const key = `lane e ${record?.position} e`;
  const journal = createJournal(page.storage, `${page.name}:`);
  const eraser = openPage({ name: page.name, storage: page.storage, at: page.state.now });
  await eraser.store.ready;
  eraser.store.write([{ keys: [key], value: undefined }]);
  await eraser.store.read(key, key);
  journal.write({ id: key, keys: [key], value: record, countedAs: 'x' });

  const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100, takesOver: true });
  await next.flush();
  next.state.now += 2_100;
  await next.flush();
  next.state.now += 100;
  await next.flush();
  expect(next.sent.flatMap(({ ids }) => ids)).toEqual([]);
});

test('claims stand that a page makes while another tab looks through the last of the lane', async () => {
  const a = await provenPage();
  const c = openPage({ name: a.name, storage: a.storage, at: a.state.now + 10, answer: () => ({ status: 200 }) });
  await c.flush();
  const { peek } = c.queue;
  let isArmed = true;
  c.queue.peek = async (...args) => {
    const rows = await peek(...args);
    if (isArmed && args[0] === 'lane' && rows.length === 0) {
      isArmed = false;
      a.track(['e']);
      leave(a);
    }
    return rows;
  };
  await c.flush();
  isArmed = false;
  c.state.now += 50;
  await c.store.read('', '\uffff');
  c.track(['x']);
  await tick(20);
  await c.flush();
  await c.flush();
  // Both pages' requests arrive at the latest stub, which is c's.
  const all = c.sent.flatMap(({ ids }) => ids);
  expect(all.filter((id) => id === 'e')).toHaveLength(1);
});

test('claims stand where the connection is lost while the lane is looked through', async () => {
  const page = await provenPage();
  page.track(['e']);
  await page.queue.peek('lane', 1);
  leave(page);
  const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
  await next.store.ready;
  const getAll = vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
    throw new DOMException('lost', 'InvalidStateError');
  });
  const flushing = next.flush();
  await tick(0);
  getAll.mockRestore();
  await flushing;
  await tick(50);
  next.track(['x']);
  await next.flush();
  expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['x']);
});

test('what a returned page has settled meanwhile is not sent from an older look at the lane', async () => {
  let answerA: (value: Response) => void = () => {};
  const a = await provenPage();
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise((resolve) => {
        answerA = resolve;
      }),
  );
  a.track(['e']);
  await a.queue.peek('lane', 1);
  leave(a);
  const lateA = answerA;
  const c = openPage({ name: a.name, storage: a.storage, at: a.state.now + 100 });
  const sent: string[][] = [];
  let answerC: (value: Response) => void = () => {};
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    sent.push(JSON.parse(String(body)));
    if (sent.length > 1) return new Response('', { status: 200 });
    return new Promise((resolve) => {
      answerC = resolve;
    });
  });
  c.track(['x']);
  const flushing = c.flush();
  await expect.poll(() => sent.length).toBe(1);
  comeBack(a);
  lateA(new Response('', { status: 200 }));
  await tick(30);
  answerC(new Response('', { status: 200 }));
  await flushing;
  expect(sent).toEqual([['x']]);
});

test('departures do not pile up while a vendor fails', async () => {
  const first = openPage({ answer: () => 'network' });
  const { name, storage } = first;
  first.track(['e']);
  await first.flush();
  leave(first);
  let at = first.state.now;
  for (let visit = 0; visit < 50; visit++) {
    at += 3_600_000 / 20;
    const page = openPage({ name, storage, at, answer: () => 'network' });
    page.track([`v${visit}`]);
    await page.flush();
    leave(page);
    page.store.close();
  }
  expect(first.departures.all().size).toBeLessThan(10);
});

test('what a killed page claimed is forgotten in the end', async () => {
  const page = await provenPage();
  page.track(['e']);
  await page.queue.peek('lane', 1);
  // Killed with e on its way: no goodbye.
  page.departures.write(page.state.page, { at: page.state.now, left: false, claims: { lane: ['e'] } });
  const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 40_000 });
  next.track(['x']);
  await next.flush();
  await next.flush();
  expect(await next.stats()).toMatchObject({ waiting: 0 });
  next.state.now += 86_400_000;
  next.track(['y']);
  await next.flush();
  await next.flush();
  expect([...next.departures.all().keys()]).toEqual([]);
});

test('retryDropped() sends what a killed page once claimed', async () => {
  const page = await provenPage();
  page.track(['e']);
  await page.queue.peek('lane', 1);
  page.departures.write(page.state.page, { at: page.state.now, left: false, claims: { lane: ['e'] } });
  let status = 500;
  const next = openPage({
    name: page.name,
    storage: page.storage,
    at: page.state.now + 40_000,
    answer: (ids) => ({ status: ids.includes('e') ? status : 500 }),
  });
  next.track(['x']);
  // It fails, so what was claimed is sent again, and refused.
  await next.flush();
  status = 400;
  next.state.now += 10_000;
  await next.flush();
  next.state.now += 10_000;
  await next.flush();
  const dropped = (await next.delivery.dropped()).map(({ event }) => event.id);
  const after = openPage({ name: page.name, storage: page.storage, at: next.state.now + 600_000 });
  await after.flush();
  const count = await after.delivery.retryDropped(({ event }) => event.id === 'e');
  await after.flush();
  after.state.now += 20_000;
  await after.flush();
  expect({ dropped, count, sent: after.sent.flatMap(({ ids }) => ids).includes('e') }).toEqual({
    dropped: ['e'],
    count: 1,
    sent: true,
  });
});

test('after a clock was set back, a page does not send at exit what another tab may send', async () => {
  const page = await provenPage();
  page.state.now -= 7_200_000;
  page.track(['e']);
  await page.queue.peek('lane', 1);
  const other = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100, answer: () => 'hang' });
  const flushing = other.flush();
  await expect.poll(() => other.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  leave(page);
  expect(other.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  await flushing;
});

test('what cannot be claimed, for localStorage is full, is not sent at exit', async () => {
  const pages: Awaited<ReturnType<typeof provenPage>>[] = [];
  const onFlight = () =>
    pages.every(({ departures, delivery, state }) =>
      departures.write(state.page, { at: state.now, left: false, claims: delivery.claims() }),
    );
  const page = await provenPage({ context: { onFlight } });
  pages.push(page);
  page.track(numbered(8));
  await page.queue.peek('lane', 1);
  const { set } = page.storage;
  // A short note still fits, a long one does not.
  page.storage.set = (key, value) => (JSON.stringify(value)?.length > 90 ? false : set(key, value) || true);
  leave(page);
  expect(page.sent).toHaveLength(1);
  page.storage.set = set;
  const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 20_000 });
  await next.flush();
  expect(next.sent.flatMap(({ ids }) => ids)).toEqual(numbered(8));
});

test.each(['fails', 'never ends'])(
  'of what a returned page had on its way, a request that %s says nothing',
  async (how) => {
    const page = await provenPage();
    let fail: (error: Error) => void = () => {};
    const hangs = new Promise<Response>((_, reject) => {
      fail = reject;
    });
    vi.stubGlobal('fetch', () => hangs);
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    page.state.now += 1_000;
    comeBack(page);
    if (how === 'fails') fail(new TypeError('Load failed'));
    // Until the failure is believed, or the time of the request is up.
    await vi.waitFor(() => expect(page.delivery.claims()).toEqual({}));
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (_url: string, { body }: RequestInit) => {
      asked.push(...(JSON.parse(String(body)) as string[]));
      return new Response('', { status: 200 });
    });
    page.track(['x']);
    await page.flush();
    await page.flush();
    expect(asked).toEqual(['x']);
    expect(await page.stats()).toMatchObject({ waiting: 0, unconfirmed: 1, retries: 0 });
  },
);

test('a failure that a page hears while it is being left is not believed before it stays', async () => {
  const page = openPage({
    answer() {
      page.state.goingSince = page.state.now;
      return 'network';
    },
  });
  page.track(['e']);
  const flushing = page.flush();
  await tick(300);
  expect([page.delivery.claims(), page.told.retry]).toEqual([{ lane: ['e'] }, []]);
  page.state.goingSince = 0;
  expect(await flushing).toMatchObject({ retries: 1, waiting: 1 });
});
