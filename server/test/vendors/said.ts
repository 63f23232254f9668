// What a stand-in's model says, before it is put into a vendor's wire form.
export interface Said {
  readonly text: readonly string[];
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: object }[];
  readonly end?: 'stop' | 'length' | 'tools' | 'filter' | 'unknown';
  readonly usage?: { readonly input: number; readonly cached: number; readonly output: number };
}

export const HELLO: Said = { text: ['Guten ', 'Tag, 世界 🩺'], usage: { input: 12, cached: 4, output: 7 } };

/** Pieces of a tool's arguments as a stream brings them: cut inside words. */
export function pieces(text: string, size = 5): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found;
}
