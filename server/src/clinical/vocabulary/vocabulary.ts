// A tenant's vocabulary as kept: whole versions, sealed, because names of people are in it. Changes are recorded without a word of it.
import { ProblemError } from '@cordon/contract';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import { isUniqueViolation } from '#platform/store/failures.ts';
import { merged, MAX_TERMS, type Term } from './terms.ts';
import { insertVocabulary, vocabularyVersion, type VocabularyMeta } from './vocabulary.queries.ts';

export interface StoredVocabulary {
  /** 0 before the first list. */
  readonly version: number;
  readonly createdAt: Date | null;
  readonly terms: readonly Term[];
}

const NONE: StoredVocabulary = { version: 0, createdAt: null, terms: [] };

/** The named version, or the newest; an empty list before the first. Errors: `not_found`, `content_destroyed`. */
export async function readVocabulary(
  parts: Pick<ClinicalParts, 'store' | 'keys'>,
  tenant: TenantId,
  version: number | null = null,
): Promise<StoredVocabulary> {
  const row = await parts.store.asTenant(tenant, (tx) => vocabularyVersion(tx, version));
  if (row === null) {
    if (version !== null) throw new ProblemError('not_found');
    return NONE;
  }
  const sealer = await parts.keys.forTenant(tenant);
  const terms = await openJson<readonly Term[]>(sealer, bindingOf(tenant, row.version), row);
  return { version: row.version, createdAt: row.created_at, terms };
}

/** How a list is changed; goes into the ledger as a word. */
export type VocabularyEdit =
  | { readonly change: 'replaced' | 'imported'; readonly terms: readonly Term[] }
  | { readonly change: 'added'; readonly terms: readonly Term[] }
  | { readonly change: 'cleared' };

/**
 * A new version on top of `onVersion`. What changes nothing makes none, so that a repeated request is harmless.
 * Errors: `version_mismatch`, `payload_too_large` for more terms than a vocabulary may have, `content_destroyed`.
 */
export async function changeVocabulary(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  onVersion: number,
  edit: VocabularyEdit,
): Promise<StoredVocabulary> {
  const current = await readVocabulary(parts, tenant);
  const terms = edited(current.terms, edit);
  if (terms.length > MAX_TERMS) throw new ProblemError('payload_too_large');
  const unchanged = JSON.stringify(terms) === JSON.stringify(current.terms);
  // The request that made this version, sent once more.
  if (unchanged && (current.version === onVersion || current.version === onVersion + 1)) return current;
  if (current.version !== onVersion) throw new ProblemError('version_mismatch');
  const createdAt = parts.clock.now();
  const meta: VocabularyMeta = { version: onVersion + 1, terms: terms.length, created_at: createdAt };
  const sealer = await parts.keys.forTenant(tenant);
  await recorded(parts, tenant, async (tx, record) => {
    try {
      const sealed = sealJson(sealer, bindingOf(tenant, meta.version), 'configuration', terms);
      await insertVocabulary(tx, meta, actor, sealed);
    } catch (error) {
      if (isUniqueViolation(error)) throw new ProblemError('version_mismatch'); // a colleague was faster
      throw error;
    }
    await record({
      kind: 'vocabulary.changed',
      actor,
      detail: { change: edit.change, terms: meta.terms, version: meta.version },
    });
  });
  return { version: meta.version, createdAt, terms };
}

function edited(current: readonly Term[], edit: VocabularyEdit): readonly Term[] {
  switch (edit.change) {
    case 'cleared':
      return [];
    case 'added':
      return merged(current, edit.terms);
    case 'replaced':
    case 'imported':
      return merged([], edit.terms);
  }
}

function bindingOf(tenant: TenantId, version: number): Binding {
  return { tenant, kind: 'vocabulary', id: 'terms', version };
}
