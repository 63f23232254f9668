// The policy that a new tenant starts with: in-process services for clinical documentation, nothing else.
import type { Policy } from './snapshot.ts';

export const STARTER_POLICY: Policy = {
  id: 'starter',
  version: 1,
  boundary: { cidrs: [], hosts: [] },
  purposes: [
    {
      purpose: 'ambient-documentation',
      capabilities: ['transcribe', 'generate'],
      highestDataClass: 'phi',
      patterns: ['on-prem', 'vpc', 'baa-cloud'],
      review: 'clinician',
      consent: 'needed',
    },
    {
      purpose: 'dictation',
      capabilities: ['transcribe', 'generate'],
      highestDataClass: 'phi',
      patterns: ['on-prem', 'vpc', 'baa-cloud'],
      review: 'clinician',
      consent: 'not-needed',
    },
  ],
};
