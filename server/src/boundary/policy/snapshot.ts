// The registry as policy sees it: rows of one tenant at one version (spec boundary §1). Plain data, so a decision can be replayed.
import type { DeidProfile } from '@cordon/contract';
import type { Pattern } from './decision.ts';
import type { Capability, DataClass, Feature, Modality } from './intent.ts';

/** One specific AI offering that can be called. `unknown` in a field that policy reads means refuse. */
export interface Service {
  readonly id: string;
  readonly version: number;
  readonly vendor: string;
  readonly product: string;
  readonly model: string;
  readonly capability: Capability;
  readonly modality: Modality;
  readonly adapter: string;
  /** Null for an in-process service: its invariant is that no socket is opened. */
  readonly endpoint: string | null;
  /** Vendor account, project or deployment that the row speaks of; the same model in another account is another row. */
  readonly account: string | null;
  /** Name of the secret that opens it, kept apart from the registry; null: it needs none. */
  readonly credential: string | null;
  readonly regions: {
    readonly inference: string;
    readonly storage: string;
    readonly support: string;
    readonly logs: string;
  };
  readonly stage: 'ga' | 'preview' | 'unknown';
  readonly retentionDays: number | 'unknown';
  readonly trainsOnContent: 'never' | 'opt-out' | 'unknown';
  readonly isolation: 'shared' | 'dedicated' | 'self-hosted';
  readonly pattern: Pattern;
  /** Stated by the operator for `vpc`: the vendor keeps weights and sees no content (spec boundary §2). */
  readonly vendorManagesWeightsOnly: boolean;
  readonly dataClasses: readonly DataClass[];
  readonly features: readonly Feature[];
  /** Declared by the operator: the higher is chosen first. Low accuracy is said, and never preferred. */
  readonly accuracy: 'standard' | 'low';
  readonly enabled: boolean;
}

/** A contract record; an attestation is the internal kind that on-prem needs (spec boundary §1.2–1.3). */
export interface Agreement {
  readonly id: string;
  readonly version: number;
  readonly kind: 'baa' | 'dua' | 'dataset' | 'attestation';
  /** Exact service ids; a platform's name covers nothing. */
  readonly services: readonly string[];
  readonly regions: readonly string[];
  readonly capabilities: readonly Capability[];
  readonly modalities: readonly Modality[];
  /** Stages of a service that it covers; a preview is covered only where it says so. */
  readonly stages: readonly Service['stage'][];
  /** It says how dedicated processing is kept apart; without it `dedicated` is a claim (spec boundary §2). */
  readonly statesIsolation: boolean;
  /** RFC 3339; null means open-ended. */
  readonly effective: string;
  readonly expires: string | null;
  readonly terminated: boolean;
  /** Mandatory clause elements that are absent or partial (45 CFR 164.504(e)); empty when complete. */
  readonly missingClauses: readonly string[];
  readonly retentionDays: number | null;
}

/** That de-identification removes what identifies a person, shown by a named method (spec boundary §4.6, 45 CFR 164.514(b)). */
export interface MethodRecord {
  readonly id: string;
  readonly version: number;
  readonly kind: 'safe-harbor' | 'expert-determination';
  readonly services: readonly string[];
  /** RFC 3339; null means open-ended. */
  readonly effective: string;
  readonly expires: string | null;
  readonly terminated: boolean;
  /** How texts are de-identified under it; nothing else is covered. */
  readonly profile: DeidProfile;
  /** Of engine, model and ZIP table that its evidence was gathered with. It holds only while they are what runs (`RegistrySnapshot.engine`). */
  readonly fingerprint: string;
}

export interface RegistrySnapshot {
  /** Changes whenever any row does. */
  readonly version: string;
  readonly services: readonly Service[];
  readonly agreements: readonly Agreement[];
  /** Left out: none is in force, and what de-identification gives is `minimised-phi`. */
  readonly methods?: readonly MethodRecord[];
  /** Fingerprint of the engine that de-identifies here; left out: there is none, and no method holds. */
  readonly engine?: string;
}
