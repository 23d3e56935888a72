/** Resolves or rejects as `work` does, and rejects with `why` when that takes longer than `ms`: some promises never end. */
export function within<T>(ms: number, work: T | Promise<T>, why: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(why)), ms);
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
