// The policy that a new tenant starts with (docs/formats/policy.md §5): every purpose with cautious defaults, no third party for what the law
// protects most. A tenant changes it by recording a version of its own; nothing leaves until agreements are recorded as well.
import type { Policy, PolicyPurpose } from '@cordon/contract';
import { STARTER_ZONES } from './starter-zones.data.ts';

const MAY_SEE_PHI: PolicyPurpose['patterns'] = ['on-prem', 'vpc', 'baa-cloud'];
const ANYWHERE: PolicyPurpose['patterns'] = [...MAY_SEE_PHI, 'deid-cloud'];

/** What most purposes have in common. */
const usual = {
  capabilities: ['generate'],
  highestDataClass: 'phi',
  patterns: MAY_SEE_PHI,
  consent: 'not-needed',
  grounding: 'none',
  steps: [],
  retain: 'clinical',
} satisfies Partial<PolicyPurpose>;

const PURPOSES: PolicyPurpose[] = [
  // De-identified, a note would be about nobody: deid-cloud is not among its patterns.
  {
    ...usual,
    purpose: 'ambient-documentation',
    capabilities: ['transcribe', 'generate'],
    review: 'clinician',
    consent: 'needed',
  },
  { ...usual, purpose: 'dictation', capabilities: ['transcribe', 'generate'], review: 'clinician' },
  { ...usual, purpose: 'ehr-copilot', capabilities: ['generate', 'embed'], review: 'caller' },
  // Patients read it: a person looks first, and it says that it was written by a machine (Texas B&C 552.051, California AB 3030).
  { ...usual, purpose: 'patient-chat', grounding: 'ground', steps: ['disclose'], review: 'before-release' },
  {
    ...usual,
    purpose: 'patient-education',
    highestDataClass: 'minimised-phi',
    patterns: ANYWHERE,
    grounding: 'ground',
    steps: ['minimise', 'disclose'],
    review: 'before-release',
  },
  {
    ...usual,
    purpose: 'literature-synthesis',
    capabilities: ['generate', 'embed'],
    highestDataClass: 'deidentified',
    patterns: ANYWHERE,
    grounding: 'cite',
    review: 'none',
  },
  {
    ...usual,
    purpose: 'internal-qa',
    capabilities: ['generate', 'embed'],
    highestDataClass: 'deidentified',
    patterns: ANYWHERE,
    review: 'none',
  },
  { ...usual, purpose: 'decision-support', grounding: 'cite', review: 'clinician' },
  { ...usual, purpose: 'revenue-cycle', patterns: ANYWHERE, steps: ['minimise'], review: 'caller' },
  { ...usual, purpose: 'structured-extraction', patterns: ANYWHERE, review: 'caller' },
  { ...usual, purpose: 'imaging-report', review: 'clinician' },
  { ...usual, purpose: 'tumor-board', grounding: 'cite', review: 'clinician' },
  // 45 CFR 164.514(e): beyond a limited data set, research needs an authorisation that this policy knows nothing of.
  {
    ...usual,
    purpose: 'research',
    capabilities: ['generate', 'embed'],
    highestDataClass: 'limited-data-set',
    patterns: ANYWHERE,
    steps: ['minimise'],
    review: 'none',
  },
];

export const STARTER_POLICY: Policy = {
  format: 2,
  id: 'starter',
  // The first was a list of two purposes.
  version: 2,
  settings: {
    agreementAlways: false,
    isolation: ['dedicated', 'self-hosted'],
    zone: null,
    // This machine; the addresses of a site's own network are for the site to declare.
    network: { cidrs: ['127.0.0.0/8', '::1/128'], hosts: [] },
    secondPerson: 'required',
  },
  zones: STARTER_ZONES,
  purposes: PURPOSES,
  sensitivity: [
    { tag: 'psychotherapy-notes', patterns: ['on-prem'], because: '45 CFR 164.508(a)(2)' },
    { tag: 'part2', patterns: ['on-prem'], because: '42 CFR 2.11, 2.32: a vendor needs a qualified service agreement' },
  ],
  rules: [
    {
      id: 'no-fetching-with-phi-outside',
      effect: 'require',
      when: { class: { atLeast: 'limited-data-set' }, features: ['remote_tools', 'remote_content'] },
      service: { pattern: ['on-prem', 'vpc'] },
      because: '45 CFR 164.312(e): tools that fetch carry content further',
      change: 'Leave remote tools out of a request with PHI, or use a service on your own hosts.',
    },
    { id: 'own-hosts-first', effect: 'prefer', when: { service: { pattern: ['on-prem'] } }, weight: 10 },
  ],
};
