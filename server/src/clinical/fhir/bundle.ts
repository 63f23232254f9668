// The bundle that leaves: a transaction for a record system, or a document for whoever keeps documents.
// Repeating a transaction changes nothing: conditional creates by identifier, and ids made from the version for what has none.
import { ProblemError } from '@cordon/contract';
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import type { Phi } from '#kernel/phi.ts';
import { disclosureEvent } from './audit-event.ts';
import { composition } from './composition.ts';
import { consentResource } from './consent.ts';
import { documentReference, noteBinary } from './document-reference.ts';
import { derivedId, URI_SYSTEM, uuidIdentifier } from './identity.ts';
import { noteText } from './narrative.ts';
import { noteProvenance, sentenceProvenances } from './provenance.ts';
import { asSignedNote } from './signed-note.ts';
import type { SignedNote } from './signed-note.ts';
import { bundleFaults } from './validate.ts';

/** A resource with its place in the bundle; `identifier` makes its creation conditional, else its id is its own. */
interface Part {
  readonly id: string;
  readonly resource: Resource;
  readonly identifier?: string;
}

/**
 * FHIR R4 transaction bundle: Binary, DocumentReference, Composition, Provenance, Consent, AuditEvent.
 * Errors: `demo_note`, `review_incomplete`, `sentence_uncited` (again here, whatever the type says) and `fhir_invalid`.
 */
export function transactionBundle(note: Phi<SignedNote>): Phi<Bundle> {
  return note.map((signed) => {
    const entry = partsOf(asSignedNote(signed)).map(transactionEntry);
    return sound({ resourceType: 'Bundle', type: 'transaction', entry });
  });
}

/** FHIR R4 document bundle: the same resources, the Composition first (FHIR R4 §3.3). Same errors. */
export function documentBundle(note: Phi<SignedNote>): Phi<Bundle> {
  return note.map((signed) => {
    const fit = asSignedNote(signed);
    const parts = partsOf(fit);
    const first = parts.filter(({ resource }) => resource.resourceType === 'Composition');
    const rest = parts.filter(({ resource }) => resource.resourceType !== 'Composition');
    return sound({
      resourceType: 'Bundle',
      identifier: uuidIdentifier(fit.versionId),
      type: 'document',
      timestamp: fit.disclosure.at,
      entry: [...first, ...rest].map(({ id, resource }) => ({ fullUrl: urlOf(id), resource: withId(resource, id) })),
    });
  });
}

/** The note as the text that the Binary holds. Same refusals. */
export function plainText(note: Phi<SignedNote>): Phi<string> {
  return note.map((signed) => noteText(asSignedNote(signed)));
}

function partsOf(note: SignedNote): Part[] {
  const idOf = (role: string): string => derivedId(note.versionId, role);
  const text = noteText(note);
  const [binary, document, structure] = [idOf('binary'), idOf('document'), idOf('composition')];
  const version = `urn:uuid:${note.versionId}`;
  return [
    { id: binary, resource: noteBinary(text) },
    { id: document, resource: documentReference(note, text, urlOf(binary)), identifier: version },
    { id: structure, resource: composition(note), identifier: version },
    { id: idOf('provenance'), resource: noteProvenance(note, urlOf(document), urlOf(structure)) },
    ...sentenceProvenances(note, urlOf(structure)).map(({ role, resource }) => ({ id: idOf(role), resource })),
    ...consentPart(note, idOf('consent')),
    { id: idOf('audit'), resource: disclosureEvent(note, urlOf(document)) },
  ];
}

function consentPart(note: SignedNote, id: string): Part[] {
  if (note.consent === null) return [];
  return [{ id, resource: consentResource(note, note.consent), identifier: `urn:uuid:${note.consent.id}` }];
}

function transactionEntry({ id, resource, identifier }: Part): BundleEntry {
  const type = resource.resourceType;
  if (identifier === undefined) {
    return { fullUrl: urlOf(id), resource: withId(resource, id), request: { method: 'PUT', url: `${type}/${id}` } };
  }
  const ifNoneExist = `identifier=${URI_SYSTEM}|${identifier}`;
  return { fullUrl: urlOf(id), resource, request: { method: 'POST', url: type, ifNoneExist } };
}

function urlOf(id: string): string {
  return `urn:uuid:${id}`;
}

function withId(resource: Resource, id: string): Resource {
  return { ...resource, id };
}

function sound(bundle: Bundle): Bundle {
  const faults = bundleFaults(bundle);
  if (faults.length === 0) return bundle;
  throw new ProblemError('fhir_invalid', { faults: faults.map(({ path, rule }) => `${rule} ${path}`) });
}
