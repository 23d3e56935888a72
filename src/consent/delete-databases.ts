/** Other tabs close their connections when they hear of it; what is asked for later waits until they are gone. */
export function deleteDatabases(...names: readonly string[]): void {
  try {
    for (const name of names) indexedDB.deleteDatabase(name);
  } catch {
    // Where there is no IndexedDB there is nothing to delete.
  }
}
