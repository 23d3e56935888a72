/** Forgets the visitor, the basket and every queued event of this browser. */
export function emptyBrowserStorage(): void {
  localStorage.clear();
  sessionStorage.clear();
  // Firefox before 126 cannot list databases; there the tracker's queue stays, and is delivered.
  void indexedDB.databases?.().then((databases) => {
    for (const { name } of databases) if (name) indexedDB.deleteDatabase(name);
  });
}
