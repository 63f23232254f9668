// Published models that `cordon models pull` knows: addresses, sizes and SHA-256 of every file, licence, published figures with source.
// docs/operate/models.md says how to add one.
import { ATTENTION_MODELS } from './published-attention.data.ts';
import { OFFLINE_MODELS } from './published-offline.data.ts';
import { COMPANION_MODELS } from './published-companions.data.ts';
import type { CatalogueEntry } from './published-model.ts';
import { STREAMING_MODELS } from './published-streaming.data.ts';

/** In order of preference within a family: the first streaming recogniser and the first detector are what a first start pulls. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...STREAMING_MODELS,
  ...OFFLINE_MODELS,
  ...ATTENTION_MODELS,
  ...COMPANION_MODELS,
];

/** Bytes of all its files. */
export function bytesOf(entry: CatalogueEntry): number {
  return entry.files.reduce((sum, file) => sum + file.bytes, 0);
}

/** Whether the digest of every file is known beforehand. */
export function isPinned(entry: CatalogueEntry): boolean {
  return entry.files.every((file) => file.sha256 !== null);
}

/** The text of its model.json. */
export function manifestOf(entry: CatalogueEntry): string {
  const { id, family, languages, licence, options } = entry;
  const files = Object.fromEntries(entry.files.map((file) => [file.role, file.name]));
  return `${JSON.stringify({ id, family, languages, sampleRateHz: 16_000, files, licence, ...options }, null, 2)}\n`;
}
