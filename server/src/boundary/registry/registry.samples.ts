// Samples of the registry's tests.
import {
  AgreementTerms,
  CLAUSES,
  type ClauseId,
  type ClaimTerms,
  elementsOf,
  type ServiceTerms,
  ServiceTerms as ServiceSchema,
} from '@cordon/contract';

export function serviceTerms(change: Partial<ServiceTerms> = {}): ServiceTerms {
  return ServiceSchema.parse({
    id: 'acme-large',
    vendor: 'Acme',
    product: 'Acme API',
    model: 'large-2',
    capability: 'generate',
    modality: 'text',
    adapter: 'openai',
    endpoint: 'https://api.acme.example/v1',
    credential: 'acme',
    regions: { inference: 'us', storage: 'us', support: 'us', logs: 'us' },
    stage: 'ga',
    retentionDays: 0,
    trainsOnContent: 'never',
    isolation: 'dedicated',
    pattern: 'baa-cloud',
    dataClasses: ['phi'],
    ...change,
  });
}

/** Every element that the kind is read for, present. */
export function allPresent(kind: AgreementTerms['kind'] = 'baa'): AgreementTerms['clauses'] {
  const required = elementsOf(kind).filter((id) => CLAUSES[id].need === 'mandatory');
  return Object.fromEntries(required.map((id: ClauseId) => [id, { status: 'present', page: 2 }]));
}

export function agreementTerms(change: Partial<AgreementTerms> = {}): AgreementTerms {
  return AgreementTerms.parse({
    name: 'acme-2026',
    kind: 'baa',
    form: 'signed',
    parties: [
      { name: 'Elm Street Clinic', role: 'covered-entity' },
      { name: 'Acme Inc.', role: 'business-associate' },
    ],
    signed: '2026-01-02',
    effective: '2026-01-05T00:00:00Z',
    expires: '2126-01-05T00:00:00Z',
    services: ['acme-large'],
    regions: ['us'],
    capabilities: ['generate'],
    modalities: ['text'],
    retentionDays: 0,
    statesIsolation: true,
    breachNotice: { within: 72, unit: 'hours' },
    training: 'prohibited',
    reviewed: { by: 'P. Officer', on: '2026-01-02' },
    clauses: allPresent(),
    ...change,
  });
}

export function claimTerms(change: Partial<ClaimTerms> = {}): ClaimTerms {
  return {
    vendor: 'Acme',
    product: 'Acme API',
    service: null,
    predicate: 'baa.coverage',
    stance: 'supports',
    disputes: [],
    statement: 'Everything is covered, says the sales page.',
    source: { type: 'vendor-docs', title: 'Trust page', url: null },
    asOf: '2026-11-01',
    expires: '2126-01-30',
    confidence: 'low',
    withdrawn: false,
    ...change,
  };
}
