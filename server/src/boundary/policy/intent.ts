// What a caller wants to do (spec boundary §3.1, docs/formats/decision.md). Plain data: it is recorded and replayed.
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';

/** Lowest to highest; derived data has the highest class of its inputs (docs/formats/decision.md). */
export const DATA_CLASSES = ['public', 'deidentified', 'limited-data-set', 'minimised-phi', 'phi'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

export type SensitivityTag =
  | 'psychotherapy-notes'
  | 'part2'
  | 'reproductive'
  | 'genetic'
  | 'hiv'
  | 'minor'
  | 'voiceprint';

export type Capability = 'transcribe' | 'generate' | 'embed';
export type Modality = 'text' | 'audio' | 'image';

/** The starter list of purposes; a tenant's policy closes its own list (spec boundary §3.1). */
export const PURPOSES = [
  'ambient-documentation',
  'dictation',
  'ehr-copilot',
  'patient-chat',
  'patient-education',
  'literature-synthesis',
  'internal-qa',
  'decision-support',
  'revenue-cycle',
  'structured-extraction',
  'imaging-report',
  'tumor-board',
  'research',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Parts of a service that send content further than the model itself; absent from a service row means no. */
export type Feature =
  | 'remote_tools'
  | 'stored_state'
  | 'remote_content'
  | 'image_input'
  | 'audio_input'
  | 'metadata'
  | 'prompt_cache';

/** What the credential allows; null means no narrowing by the credential. */
export interface IntentScope {
  readonly capabilities: readonly Capability[] | null;
  readonly purposes: readonly string[] | null;
  readonly services: readonly string[] | null;
  /** Zones that the credential's data may lie in, any of them; left out: not narrowed. */
  readonly zones?: readonly string[] | null;
  /** Lowest data class the credential may claim. */
  readonly lowestDataClass: DataClass;
}

export interface Intent {
  readonly v: 1;
  /** RFC 3339, UTC: agreements are judged at this moment. */
  readonly at: string;
  readonly tenant: TenantId;
  readonly actor: ActorRef;
  /** Recorded; grants nothing unless proven by a token of the identity provider. */
  readonly onBehalfOf: { readonly id: string; readonly proven: boolean } | null;
  readonly purpose: string;
  /** Keyed digest or opaque id, never a name. */
  readonly patient: string | null;
  readonly encounter: string | null;
  readonly dataClass: DataClass;
  /** Sensitivity tags, and words of the tenant's own. */
  readonly tags: readonly (SensitivityTag | (string & {}))[];
  readonly capability: Capability;
  readonly modality: Modality;
  /** The zone that the caller demands, null when none. */
  readonly residency: string | null;
  /** Zones that the data comes with: the patient's, the recording's. With the caller's and the tenant's the strictest holds. */
  readonly origins?: readonly string[];
  readonly requestedService: string | null;
  readonly features: readonly Feature[];
  readonly scope: IntentScope;
}
