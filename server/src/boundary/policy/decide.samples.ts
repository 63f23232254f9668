// Sample inputs of the policy tests.
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import type { Intent } from './intent.ts';
import type { Agreement, RegistrySnapshot, Service } from './snapshot.ts';

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
