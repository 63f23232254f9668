// What the catalogue says of a published model.
import type { ModelFamily, ModelManifest } from './model-manifest.ts';

export interface CatalogueFile {
  /** Role in the manifest. */
  readonly role: string;
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal. Null where nobody has published it. */
  readonly sha256: string | null;
}

/** A figure as its publisher states it; nobody measured it here. */
export interface PublishedFigure {
  readonly what: string;
  readonly source: string;
}

export interface CatalogueEntry {
  readonly id: string;
  readonly family: ModelFamily;
  readonly languages: readonly string[];
  readonly licence: string;
  /** What it is and what it was trained on; for choosing. */
  readonly about: string;
  /** Where to read more. */
  readonly source: string;
  /** Word error rates and the like; empty where none was found for this very model. */
  readonly accuracy: readonly PublishedFigure[];
  readonly speed: readonly PublishedFigure[];
  readonly files: readonly CatalogueFile[];
  /** What native code has to be told beyond the files. */
  readonly options?: Partial<Pick<ModelManifest, 'modelingUnit' | 'featureDim' | 'tailPaddings'>>;
}
