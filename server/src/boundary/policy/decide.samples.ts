// Sample inputs of the policy tests.
import type { Policy } from '@cordon/contract';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import type { Intent } from './intent.ts';
import { compile, type Rulebook } from './rulebook.ts';
import type { Agreement, MethodRecord, RegistrySnapshot, Service } from './snapshot.ts';
import { STARTER_POLICY } from './starter.ts';

/** As Safe Harbor lets it be. */
export const PROFILE: MethodRecord['profile'] = {
  mode: 'placeholder',
  keeping: { agesUnder90: true, years: true, states: true, facilities: false },
};

export function intent(change: Partial<Intent> = {}): Intent {
  return {
    v: 1,
    at: '2026-11-22T12:00:00.000Z',
    tenant: SYSTEM_TENANT,
    actor: { type: 'key', id: SYSTEM_TENANT },
    onBehalfOf: null,
    purpose: 'dictation',
    patient: null,
    encounter: null,
    dataClass: 'phi',
    tags: [],
    capability: 'transcribe',
    modality: 'audio',
    residency: null,
    requestedService: null,
    features: [],
    scope: { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' },
    ...change,
  };
}

export function localSpeech(change: Partial<Service> = {}): Service {
  const here = 'in-process';
  return {
    id: 'local-speech',
    version: 1,
    vendor: 'Cordon',
    product: 'local speech',
    model: 'zipformer-en-3.3m',
    capability: 'transcribe',
    modality: 'audio',
    adapter: 'local-speech',
    endpoint: null,
    account: null,
    credential: null,
    vendorManagesWeightsOnly: false,
    regions: { inference: here, storage: here, support: here, logs: here },
    stage: 'ga',
    retentionDays: 0,
    trainsOnContent: 'never',
    isolation: 'self-hosted',
    pattern: 'on-prem',
    dataClasses: ['public', 'deidentified', 'limited-data-set', 'minimised-phi', 'phi'],
    features: [],
    accuracy: 'standard',
    enabled: true,
    ...change,
  };
}

/** A model of a vendor: dedicated, in the United States, cleared for everything. */
export function cloudChat(change: Partial<Service> = {}): Service {
  return localSpeech({
    id: 'cloud-chat',
    vendor: 'Vendor',
    product: 'chat',
    model: 'large-1',
    capability: 'generate',
    modality: 'text',
    adapter: 'openai',
    endpoint: 'https://api.vendor.example/v1',
    regions: { inference: 'us-east-1', storage: 'us-east-1', support: 'us-east-1', logs: 'us-west-2' },
    isolation: 'dedicated',
    pattern: 'baa-cloud',
    ...change,
  });
}

/** A business associate agreement that names it. */
export function baa(change: Partial<Agreement> = {}): Agreement {
  return attestation({
    id: 'baa-1',
    version: 1,
    kind: 'baa',
    services: ['cloud-chat'],
    regions: ['us'],
    capabilities: ['generate', 'embed'],
    modalities: ['text'],
    ...change,
  });
}

export function attestation(change: Partial<Agreement> = {}): Agreement {
  return {
    id: 'attestation-1',
    version: 3,
    kind: 'attestation',
    services: ['local-speech'],
    regions: ['in-process', 'us'],
    capabilities: ['transcribe'],
    modalities: ['audio', 'text'],
    stages: ['ga'],
    statesIsolation: true,
    effective: '2026-11-01T00:00:00.000Z',
    expires: null,
    terminated: false,
    missingClauses: [],
    retentionDays: null,
    ...change,
  };
}

export function snapshot(services: readonly Service[], agreements: readonly Agreement[]): RegistrySnapshot {
  return { version: 'test', services, agreements };
}

export function book(
  services: readonly Service[],
  agreements: readonly Agreement[],
  policy: Policy = STARTER_POLICY,
): Rulebook {
  return compile(snapshot(services, agreements), policy);
}

/** The starter with other members. */
export function policyWith(change: Partial<Policy>, settings: Partial<Policy['settings']> = {}): Policy {
  return { ...STARTER_POLICY, ...change, settings: { ...STARTER_POLICY.settings, ...settings } };
}
