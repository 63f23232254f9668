// Verified models that are none, for what is told to native code about them.
import type { ModelFamily, ModelManifest } from '../../model-manifest.ts';
import { REQUIRED_FILES } from '../../model-manifest.ts';
import type { VerifiedModel } from '../../models.ts';

export function standIn(
  family: ModelFamily,
  changes: Partial<ModelManifest> = {},
  more: Readonly<Record<string, string>> = {},
): VerifiedModel {
  const roles = REQUIRED_FILES[family].map((role) => [role, `/models/x/${role}.bin`] as const);
  const paths = { ...Object.fromEntries(roles), ...more };
  const manifest: ModelManifest = {
    id: 'x',
    family,
    languages: ['en'],
    sampleRate: 16_000,
    files: {},
    licence: 'MIT',
    modelingUnit: null,
    featureDim: 80,
    tailPaddings: null,
    ...changes,
  };
  return { path: '/models/x', manifest, paths, casing: 'mixed', digest: 'd'.repeat(64), bytes: 1 };
}
