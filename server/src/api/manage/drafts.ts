// Drafts over HTTP.
import { ProblemError, type Draft as WireDraft } from '@cordon/contract';
import { madeBefore, type Handlers } from '#api/routing/handler.ts';
import { readCursor, toPage } from '#api/routing/page.ts';
import { templateById } from '#clinical/notes/templates.ts';
import type { Citation, DraftSection, DraftSentence } from '#clinical/notes/draft.ts';
import { createDraft, listDrafts, readDraft, type DraftParts, type StoredDraft } from '#clinical/review/drafts.ts';
import type { DraftMeta } from '#clinical/review/drafts.queries.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import type { PatientGuard } from './guard.ts';

type DraftHandlers = Pick<Handlers, 'createDraft' | 'listDrafts' | 'getDraft'>;
type TemplateName = WireDraft['template'];

export function draftHandlers(parts: DraftParts, guard: PatientGuard): DraftHandlers {
  return {
    async createDraft({ params, body }, { principal, reserved }) {
      const { meta } = await readTranscript(parts, principal.tenant, params.id, null);
      await guard(principal, meta.encounter);
      const template = templateById(body.template);
      if (template === null) throw new ProblemError('invalid_request', { field: 'body.template' });
      const { tenant, actor } = principal;
      const made =
        (await madeBefore(reserved, (id) => readDraft(parts, tenant, id))) ??
        (await createDraft(parts, tenant, actor, params.id, template, reserved.id));
      return { json: showDraft(made), headers: { location: `/api/drafts/${made.meta.id}` } };
    },

    async listDrafts({ params, query }, { principal }) {
      await guard(principal, params.id);
      const before = readCursor(query.cursor);
      const rows = await listDrafts(parts, principal.tenant, params.id, before, query.limit + 1);
      return { json: toPage(rows, query.limit, ({ created_at, id }) => ({ at: created_at, id }), showMeta) };
    },

    async getDraft({ params }, { principal }) {
      const found = await readDraft(parts, principal.tenant, params.id);
      await guard(principal, found.meta.encounter);
      return { json: showDraft(found), objects: [{ type: 'draft', id: found.meta.id }] };
    },
  };
}

function showMeta(meta: DraftMeta) {
  return {
    id: meta.id,
    encounterId: meta.encounter,
    transcriptId: meta.transcript,
    transcriptVersion: meta.transcript_version,
    template: meta.template as TemplateName,
    drafter: meta.drafter,
    demo: meta.demo,
    createdAt: meta.created_at.toISOString(),
  };
}

function showDraft({ meta, draft }: StoredDraft): WireDraft {
  const { sections, omissions } = draft.reveal();
  return { ...showMeta(meta), sections: sections.map(showSection), omissions: [...omissions] };
}

function showSection(section: DraftSection): WireDraft['sections'][number] {
  const { id, title, loinc, sentences } = section;
  return { id, title, ...(loinc === undefined ? {} : { loinc }), sentences: sentences.map(showSentence) };
}

function showSentence(sentence: DraftSentence) {
  return { ...sentence, reasons: [...sentence.reasons], citations: sentence.citations.map(showCitation) };
}

export function showCitation(citation: Citation) {
  const [from, to] = citation.words;
  const words: [number, number] = [from, to];
  return { ...citation, words };
}
