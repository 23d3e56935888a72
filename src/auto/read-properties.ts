/** `trackPlanName` → `planName`. Pure. */
export function readProperties(dataset: { readonly [name: string]: string | undefined }): {
  [name: string]: string | undefined;
} {
  const properties: { [name: string]: string | undefined } = {};
  for (const key in dataset) {
    const [, first, rest] = /^track([A-Z])(.*)/s.exec(key) ?? [];
    if (first) properties[first.toLowerCase() + rest] = dataset[key];
  }
  return properties;
}
