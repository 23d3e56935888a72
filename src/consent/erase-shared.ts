import type { SafeStorage } from '../lib/safe-storage.js';
import { deleteDatabases } from './delete-databases.js';

/**
 * Erases the visitor that is kept under another tracker's name, and the database in which tabs agreed on it, unless that
 * tracker needs them: there is more of it than those that share its visitor write, and a refusal.
 */
export function eraseShared(name: string, storage: SafeStorage): void {
  const visitor = [`${name}:visitor`, `${name}:minted`];
  const isRefusal = (key: string) => {
    const said = JSON.stringify(storage.get(key)) ?? '';
    return /:(consent|choice)$/.test(key) && said.includes('"denied"') && !said.includes('"granted"');
  };
  if (storage.keys(`${name}:`).some((key) => !visitor.includes(key) && !isRefusal(key))) return;
  for (const key of visitor) storage.set(key, undefined);
  deleteDatabases(name);
}
