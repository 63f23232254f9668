// How resources name each other: by identifiers and by addresses that are the same each time the bundle is built.
import { createHash } from 'node:crypto';
import type { Identifier, Reference, Resource } from '@medplum/fhirtypes';
import type { Party } from './signed-note.ts';

/** Identifier system of UUIDs and other URIs (FHIR R4, Identifier Registry). */
export const URI_SYSTEM = 'urn:ietf:rfc:3986';

/**
 * UUIDv8 (RFC 9562 §5.8) of SHA-256(version UUID, role): building the same version again gives the same ids, so that a
 * write repeated after a lost answer changes nothing (spec clinical §7).
 */
export function derivedId(versionId: string, role: string): string {
  const bytes = createHash('sha256').update(`${versionId}\n${role}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function uuidIdentifier(id: string): Identifier {
  return { system: URI_SYSTEM, value: `urn:uuid:${id}` };
}

/** A reference by identifier; also by address once the record system's own resource is known. */
export function logical<T extends PartyType>(type: T, party: Party): Reference<Extract<Resource, { resourceType: T }>> {
  return {
    ...(party.resolved !== undefined && { reference: party.resolved }),
    type,
    identifier: { system: party.system, value: party.value },
  };
}

type PartyType = 'Patient' | 'Practitioner' | 'Encounter' | 'Organization' | 'Device';

/** A thing that lives in Cordon and not in the record system. */
export function inCordon(id: string, fragment = ''): Reference {
  return { identifier: { system: URI_SYSTEM, value: `urn:uuid:${id}${fragment}` } };
}
