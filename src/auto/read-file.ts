/**
 * What a link saves, if it does; `given` is its `download` attribute, which may be empty and still say so. Pure.
 */
export function readFile(
  path: string,
  given: string | null,
  extensions: readonly string[],
): { file: string; extension: string } | undefined {
  const file = given || path.slice(path.lastIndexOf('/') + 1);
  const extension = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const isFile = given !== null || new RegExp(`^(${extensions.join('|')})$`, 'i').test(extension);
  return isFile ? { file, extension } : undefined;
}
