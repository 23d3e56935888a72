/** Of the trackers at work on this page: two of one name would share a queue and count each page view twice. */
const namesInUse = new Set<string>();

/** Returns the function that gives the name back. Throws a `TypeError` when another tracker has it. */
export function takeName(name: string): () => void {
  if (namesInUse.has(name)) {
    throw new TypeError(
      `tracklet: name must be unlike that of the page's other tracker, '${name}'; or close() that first`,
    );
  }
  namesInUse.add(name);
  return () => void namesInUse.delete(name);
}
