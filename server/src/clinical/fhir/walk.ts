// Reading a resource by element path.

export type Node = { readonly [key: string]: unknown };

export function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Values at a dotted path; lists are walked through. */
export function valuesAt(value: unknown, path: string): unknown[] {
  const [name = '', ...rest] = path.split('.');
  if (Array.isArray(value)) return value.flatMap((member) => valuesAt(member, path));
  if (!isNode(value) || value[name] === undefined) return [];
  const found = value[name];
  if (rest.length > 0) return valuesAt(found, rest.join('.'));
  return Array.isArray(found) ? found : [found];
}
