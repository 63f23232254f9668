// The models of this installation as its operators handle them: listed, pulled, brought, verified, removed. What is added or taken
// away is in the ledger before it is so on disk. A running engine is never exchanged under the recordings it works on.
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isProblem, ProblemError } from '@cordon/contract';
import type { ProblemCode } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import { importModel } from './import-model.ts';
import { bytesOf, isPinned } from './model-catalogue.ts';
import type { CatalogueEntry } from './published-model.ts';
import { passingPath, sweepPassing } from './model-disk.ts';
import { listModels, verifyModel } from './models.ts';
import type { ModelDirectory, VerifiedModel } from './models.ts';
import { pullModel } from './pull-model.ts';
import type { Download } from './pull-model.ts';

/** What happened to a model, for the ledger. */
export type ModelChange =
  | {
      readonly kind: 'installed';
      readonly source: 'pull' | 'import';
      readonly model: VerifiedModel;
      readonly pinned: boolean;
    }
  | { readonly kind: 'removed'; readonly model: string };

/** Rejecting keeps the change from happening. */
export type RecordChange = (change: ModelChange) => Promise<void>;

/** What the shelf has to know of the engine, and can ask of it. */
export interface ShelfEngine {
  /** Directories of the models in use; null while that is being decided. */
  inUse(): readonly string[] | null;
  /** Looks again where no engine was found before. True when that gave one. */
  takeUp(): Promise<boolean>;
}

export interface ShelfParts {
  /** Where models are looked for, first match first. */
  readonly directories: readonly string[];
  /** The one of them that this shelf fills. */
  readonly root: string;
  readonly catalogue: readonly CatalogueEntry[];
  /** Null when nothing may be fetched (air-gapped). */
  readonly download: Download | null;
  readonly engine: ShelfEngine;
  readonly clock: Clock;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

export interface ShelvedModel {
  readonly directory: ModelDirectory;
  readonly state: 'verified' | 'unverified' | 'invalid';
  /** When its files were last found to have their digests, if they are still the same files. */
  readonly verifiedAt: Date | null;
  readonly chosen: boolean;
}

export interface InstalledModel {
  readonly model: ShelvedModel;
  readonly pinned: boolean;
  readonly takesEffect: 'now' | 'next-start';
}

export interface PullProgress {
  readonly id: string;
  readonly state: 'fetching' | 'done' | 'failed';
  readonly bytes: number;
  readonly total: number;
  readonly installed: InstalledModel | null;
  readonly problem: ProblemCode | null;
  /** The file at which it failed. */
  readonly file: string | null;
}

interface Verified {
  readonly at: Date;
  /** Sizes, times and inodes of the files: with another of them they are not the files that were read. */
  readonly look: string;
}

/** Begins empty of memory; what is on disk is the state. */
export class ModelShelf {
  readonly #parts: ShelfParts;
  readonly #verified = new Map<string, Verified>();
  readonly #pulls = new Map<string, PullProgress>();

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  /** Removes what a process that died left half done. Pulls that were cut off stay. */
  sweep(): Promise<void> {
    return sweepPassing(this.#parts.root);
  }

  async list(): Promise<readonly ShelvedModel[]> {
    const models = await listModels(this.#parts.directories);
    return Promise.all(models.map((model) => this.#shelved(model)));
  }

  /** Whether each model of the catalogue is here. */
  async available(): Promise<readonly { readonly entry: CatalogueEntry; readonly installed: boolean }[]> {
    const here = new Set((await listModels(this.#parts.directories)).map((model) => model.manifest?.id));
    return this.#parts.catalogue.map((entry) => ({ entry, installed: here.has(entry.id) }));
  }

  /** Reads every file. Errors: `not_found`, `model_invalid`, `model_unverified`. */
  async verify(id: string): Promise<ShelvedModel> {
    const directory = await this.#find(id);
    this.#verified.delete(directory.path);
    const look = await lookOf(directory);
    await verifyModel(directory.path);
    this.#verified.set(directory.path, { at: this.#parts.clock.now(), look });
    return this.#shelved(directory);
  }

  /**
   * Begins to fetch, or joins the pull of that model which is under way. How it goes on is asked of `pulling`.
   * Errors: `not_found` when the catalogue has no such model, `air_gapped`, `model_unpinned` {model}, `engine_not_ready` while the first
   * start may be fetching the same.
   */
  pull(id: string, trustFirstUse: boolean, record: RecordChange): PullProgress {
    const { catalogue, download } = this.#parts;
    const entry = catalogue.find((one) => one.id === id);
    if (entry === undefined) throw new ProblemError('not_found');
    const under = this.#pulls.get(id);
    if (under?.state === 'fetching') return under;
    if (download === null) throw new ProblemError('air_gapped');
    if (this.#parts.engine.inUse() === null) throw new ProblemError('engine_not_ready');
    if (!isPinned(entry) && !trustFirstUse) throw new ProblemError('model_unpinned', { model: id });
    this.#note(entry, { state: 'fetching', bytes: 0 });
    void this.#fetch(entry, download, trustFirstUse, record);
    return this.pulling(id);
  }

  /** Errors: `not_found` when nobody asked for it since the start. */
  pulling(id: string): PullProgress {
    const progress = this.#pulls.get(id);
    if (progress === undefined) throw new ProblemError('not_found');
    return progress;
  }

  /** Errors: those of `importModel`. */
  async import(archive: AsyncIterable<Uint8Array>, record: RecordChange): Promise<InstalledModel> {
    const { catalogue, root } = this.#parts;
    const keep = (model: VerifiedModel, pinned: boolean): Promise<void> =>
      record({ kind: 'installed', source: 'import', model, pinned });
    const { model, pinned } = await importModel(archive, root, { catalogue, record: keep });
    return this.#installed(model.manifest.id, pinned);
  }

  /** Errors: `not_found`, `model_kept` {reason: 'in_use' | 'configured_directory'}, `engine_not_ready` while it is being chosen. */
  async remove(id: string, record: RecordChange): Promise<void> {
    const { root, engine, directories } = this.#parts;
    const named = (await listModels(directories)).filter((model) => nameOf(model) === id);
    // Where a name is there twice, the one that is ours to remove.
    const path = (named.find((model) => dirname(model.path) === root) ?? named[0])?.path;
    const inUse = engine.inUse();
    if (path === undefined) throw new ProblemError('not_found');
    if (inUse === null) throw new ProblemError('engine_not_ready');
    if (inUse.includes(path)) throw new ProblemError('model_kept', { model: id, reason: 'in_use' });
    if (dirname(path) !== root) throw new ProblemError('model_kept', { model: id, reason: 'configured_directory' });
    await record({ kind: 'removed', model: id });
    const aside = passingPath(root);
    await rename(path, aside);
    await rm(aside, { recursive: true, force: true });
    this.#pulls.delete(id);
    // A damaged model that kept the engine from being chosen is out of the way now.
    await this.#takeUp();
  }

  async #fetch(entry: CatalogueEntry, download: Download, trustFirstUse: boolean, record: RecordChange): Promise<void> {
    const pinned = isPinned(entry);
    try {
      await pullModel(entry, this.#parts.root, {
        download,
        signal: this.#parts.stopping,
        onBytes: (bytes) => this.#note(entry, { state: 'fetching', bytes }),
        trustFirstUse,
        record: (model) => record({ kind: 'installed', source: 'pull', model, pinned }),
      });
      this.#note(entry, { state: 'done', bytes: bytesOf(entry), installed: await this.#installed(entry.id, pinned) });
    } catch (error) {
      const problem = isProblem(error) ? error : new ProblemError('internal', {}, error);
      const file = typeof problem.details['file'] === 'string' ? problem.details['file'] : null;
      this.#note(entry, { state: 'failed', problem: problem.code, file });
    }
  }

  #note(entry: CatalogueEntry, change: Partial<PullProgress>): void {
    const { id } = entry;
    const blank = { installed: null, problem: null, file: null };
    const bytes = this.#pulls.get(id)?.bytes ?? 0;
    this.#pulls.set(id, { id, state: 'fetching', bytes, total: bytesOf(entry), ...blank, ...change });
  }

  /** Just verified by whoever put it in place. */
  async #installed(id: string, pinned: boolean): Promise<InstalledModel> {
    const path = join(this.#parts.root, id);
    const [directory] = (await listModels([this.#parts.root])).filter((model) => model.path === path);
    if (directory === undefined) throw new ProblemError('not_found');
    this.#verified.set(path, { at: this.#parts.clock.now(), look: await lookOf(directory) });
    const takesEffect = (await this.#takeUp()) ? 'now' : 'next-start';
    return { model: await this.#shelved(directory), pinned, takesEffect };
  }

  async #takeUp(): Promise<boolean> {
    return this.#parts.engine.takeUp().catch(() => false);
  }

  async #find(id: string): Promise<ModelDirectory> {
    const found = (await listModels(this.#parts.directories)).find((model) => nameOf(model) === id);
    if (found === undefined) throw new ProblemError('not_found');
    return found;
  }

  async #shelved(directory: ModelDirectory): Promise<ShelvedModel> {
    const remembered = this.#verified.get(directory.path);
    const same = remembered !== undefined && remembered.look === (await lookOf(directory));
    const chosen = this.#parts.engine.inUse()?.includes(directory.path) ?? false;
    if (directory.state === 'invalid') return { directory, state: 'invalid', verifiedAt: null, chosen };
    return same
      ? { directory, state: 'verified', verifiedAt: remembered.at, chosen }
      : { directory, state: 'unverified', verifiedAt: null, chosen };
  }
}

/** A directory without a usable model.json goes by its own name, so that it can be removed. */
export function nameOf(directory: ModelDirectory): string {
  return directory.manifest?.id ?? basename(directory.path);
}

async function lookOf({ path, manifest }: ModelDirectory): Promise<string> {
  const names = Object.values(manifest?.files ?? {}).toSorted();
  const looks = names.map(async (name) => {
    const found = await stat(join(path, name), { bigint: true }).catch(() => null);
    return found === null ? '-' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
  });
  return (await Promise.all(looks)).join('\n');
}
