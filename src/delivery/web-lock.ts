/** Most who wait have their turn before this many ms, and need not look who has it. */
const FIRST_LOOK_MS = 1_000;

/**
 * Holds a Web Lock for one turn of `turnMs`, after which `isMine` says no. A page that was frozen with the lock, or that
 * shows a dialog nobody answers, would hold everybody up for ever: who has waited for two of its turns takes it away.
 * Resolves to undefined if that happened here, or `signal` was aborted.
 */
export async function holdWebLock<Result>(
  locks: LockManager,
  name: string,
  turnMs: number,
  signal: AbortSignal,
  work: (isMine: () => boolean) => Promise<Result>,
): Promise<Result | undefined> {
  let isMine = false;
  let ending: ReturnType<typeof setTimeout> | undefined;
  const hold = () => {
    clearTimeout(first);
    clearInterval(watching);
    isMine = true;
    ending = setTimeout(() => {
      isMine = false;
    }, turnMs);
    return work(() => isMine);
  };

  const waiting = new AbortController();
  const stop = () => waiting.abort();
  signal.addEventListener('abort', stop);
  let holder: string | undefined;
  // Whoever lets go gets it again only after those that wait, so the same holder twice has not let go.
  const look = async () => {
    const before = holder;
    const { held = [] } = await locks.query();
    holder = held.find((its) => its.name === name)?.clientId;
    if (holder && holder === before) stop();
  };
  const first = setTimeout(look, FIRST_LOOK_MS);
  const watching = setInterval(look, 2 * turnMs);

  try {
    return await locks.request(name, { signal: waiting.signal }, hold).catch((error: unknown) => {
      if (!waiting.signal.aborted || signal.aborted || isMine) throw error;
      return locks.request(name, { steal: true }, hold);
    });
  } catch (error) {
    isMine = false;
    if (signal.aborted || (error as DOMException).name === 'AbortError') return undefined;
    throw error;
  } finally {
    clearTimeout(first);
    clearInterval(watching);
    clearTimeout(ending);
    signal.removeEventListener('abort', stop);
  }
}
