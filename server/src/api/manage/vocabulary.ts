// A tenant's vocabulary over HTTP.
import type { VocabularyTerm } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import { readTerms } from '#clinical/vocabulary/import.ts';
import type { Term } from '#clinical/vocabulary/terms.ts';
import { changeVocabulary, readVocabulary, type StoredVocabulary } from '#clinical/vocabulary/vocabulary.ts';
import { etagOf, versionOf } from './transcripts.ts';

type VocabularyHandlers = Pick<
  Handlers,
  'getVocabulary' | 'replaceVocabulary' | 'clearVocabulary' | 'importVocabulary'
>;

export function vocabularyHandlers(parts: ClinicalParts): VocabularyHandlers {
  return {
    async getVocabulary({ query }, { principal }) {
      const { version, createdAt, terms } = await readVocabulary(parts, principal.tenant, query.version ?? null);
      const json = { version, createdAt: createdAt?.toISOString() ?? null, terms: terms.map(showTerm) };
      return { json, headers: { etag: etagOf(version) } };
    },

    async replaceVocabulary({ headers, body }, { principal }) {
      const onVersion = versionOf(headers['if-match']);
      const edit = { change: 'replaced', terms: body.terms } as const;
      return showChange(await changeVocabulary(parts, principal.tenant, principal.actor, onVersion, edit));
    },

    async clearVocabulary({ headers }, { principal }) {
      const onVersion = versionOf(headers['if-match']);
      const edit = { change: 'cleared' } as const;
      return showChange(await changeVocabulary(parts, principal.tenant, principal.actor, onVersion, edit));
    },

    async importVocabulary({ query, headers }, { principal, exchange }) {
      const onVersion = versionOf(headers['if-match']);
      const { terms, skipped } = await readTerms(query.format, exchange.body);
      const edit = { change: query.mode === 'add' ? 'added' : 'imported', terms } as const;
      return showChange(await changeVocabulary(parts, principal.tenant, principal.actor, onVersion, edit), skipped);
    },
  };
}

function showTerm({ spoken, ...term }: Term): VocabularyTerm {
  return { ...term, ...(spoken === undefined ? {} : { spoken: [...spoken] }) };
}

function showChange({ version, createdAt, terms }: StoredVocabulary, skipped = 0) {
  return {
    json: { version, createdAt: createdAt?.toISOString() ?? null, terms: terms.length, skipped },
    headers: { etag: etagOf(version) },
  };
}
