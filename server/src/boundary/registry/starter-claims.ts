// The starter catalogue of claims (spec boundary §1.2): what vendors and others say, dated, with its source. Some contradict one another,
// and that is the point: they inform, a contract decides. None of it is law, and none is read by policy.
import type { ClaimTerms } from '@cordon/contract';

export type StarterClaim = ClaimTerms & { readonly id: string };

/** The day on which the sources were read, and the day from which each claim wants another look: 90 days. */
const READ = '2026-11-22';
const RECHECK = '2027-02-20';

const MICROSOFT = { vendor: 'Microsoft', product: 'Azure OpenAI', service: null } as const;
const AMAZON = { vendor: 'Amazon Web Services', service: null } as const;
const GOOGLE = { vendor: 'Google Cloud', service: null } as const;
const OPENAI = { vendor: 'OpenAI', product: 'OpenAI API', service: null } as const;
const ANTHROPIC = { vendor: 'Anthropic', product: 'Anthropic API', service: null } as const;

type Said = Omit<ClaimTerms, 'expires' | 'withdrawn' | 'disputes' | 'stance' | 'asOf'> &
  Partial<Pick<ClaimTerms, 'disputes' | 'stance' | 'asOf'>>;

const SAID: Readonly<Record<string, Said>> = {
  'starter.ms-1': {
    ...MICROSOFT,
    predicate: 'baa.coverage',
    statement: 'Only an offering named “Azure OpenAI Service for Healthcare” is covered by Microsoft’s agreement.',
    source: { type: 'project-seed', title: 'The guide that this project started from', url: null },
    confidence: 'low',
  },
  'starter.ms-2': {
    ...MICROSOFT,
    predicate: 'baa.coverage',
    stance: 'disputes',
    disputes: ['starter.ms-1'],
    statement:
      'The business associate agreement is part of the Product Terms and the data protection addendum by default for covered entities and associates; there is none per service, and a customer’s own form is not signed.',
    source: { type: 'vendor-support', title: 'Microsoft Q&A', url: 'https://learn.microsoft.com/answers/' },
    confidence: 'medium',
  },
  'starter.ms-3': {
    ...MICROSOFT,
    predicate: 'baa.coverage',
    stance: 'disputes',
    disputes: ['starter.ms-1'],
    statement: 'Azure OpenAI is generally available and under the data protection addendum.',
    source: {
      type: 'vendor-support',
      title: 'Microsoft Q&A, answer of staff',
      url: 'https://learn.microsoft.com/answers/',
    },
    asOf: '2026-04-29',
    confidence: 'medium',
  },
  'starter.ms-4': {
    ...MICROSOFT,
    predicate: 'preview.excluded',
    statement: 'In previews the agreement under HIPAA and the security terms of the addendum do not apply.',
    source: {
      type: 'vendor-terms',
      title: 'Supplemental terms for previews',
      url: 'https://azure.microsoft.com/support/legal/',
    },
    confidence: 'high',
  },
  'starter.ms-5': {
    ...MICROSOFT,
    predicate: 'baa.coverage',
    statement: 'Coverage is confirmed for text; image and realtime audio are not confirmed.',
    source: {
      type: 'vendor-support',
      title: 'Microsoft Q&A, 2024 to 2025',
      url: 'https://learn.microsoft.com/answers/',
    },
    confidence: 'medium',
  },
  'starter.ms-6': {
    ...MICROSOFT,
    predicate: 'retention.zero-available',
    statement:
      'Abuse monitoring may keep content up to 30 days by default; modified monitoring needs approval and an enterprise agreement.',
    source: {
      type: 'vendor-docs',
      title: 'Data, privacy and security for Azure OpenAI',
      url: 'https://learn.microsoft.com/',
    },
    confidence: 'medium',
  },
  'starter.aws-baa': {
    ...AMAZON,
    product: 'AWS account',
    predicate: 'baa.coverage',
    statement:
      'The agreement is accepted in AWS Artifact for an account or organisation; PHI only in services on the eligible list.',
    source: {
      type: 'vendor-docs',
      title: 'HIPAA eligible services reference',
      url: 'https://aws.amazon.com/compliance/hipaa-eligible-services-reference/',
    },
    confidence: 'medium',
  },
  'starter.aws-bedrock': {
    ...AMAZON,
    product: 'Amazon Bedrock',
    predicate: 'eligibility',
    statement: 'Said to be on the eligible list; to be confirmed on the list itself.',
    source: { type: 'third-party', title: 'Secondary sources, April 2026', url: null },
    asOf: '2026-04-30',
    confidence: 'low',
  },
  'starter.aws-bedrock-retention': {
    ...AMAZON,
    product: 'Amazon Bedrock',
    predicate: 'retention.default',
    statement:
      'Retention is set per region. Under the default the model’s own rule holds: some models keep flagged traffic, some all of it, for up to 30 days.',
    source: { type: 'third-party', title: 'Check against the AWS user guide', url: null },
    asOf: '2026-10-18',
    confidence: 'medium',
  },
  'starter.aws-transcribe': {
    ...AMAZON,
    product: 'Amazon Transcribe, Transcribe Medical',
    predicate: 'eligibility',
    statement: 'Covered by eligibility and agreement, under shared responsibility.',
    source: {
      type: 'vendor-docs',
      title: 'Amazon Transcribe documentation',
      url: 'https://docs.aws.amazon.com/transcribe/',
    },
    confidence: 'high',
  },
  'starter.aws-healthscribe': {
    ...AMAZON,
    product: 'AWS HealthScribe',
    predicate: 'eligibility',
    statement:
      'Eligible; the documentation now points to Amazon Connect Health, whose eligibility is to be checked by itself.',
    source: { type: 'vendor-docs', title: 'AWS HealthScribe documentation', url: 'https://docs.aws.amazon.com/' },
    confidence: 'medium',
  },
  'starter.aws-comprehend-medical': {
    ...AMAZON,
    product: 'Amazon Comprehend Medical',
    predicate: 'eligibility',
    statement: 'Said to be on the eligible list.',
    source: { type: 'third-party', title: 'Secondary sources', url: null },
    confidence: 'low',
  },
  'starter.aws-nova-act': {
    ...AMAZON,
    product: 'Amazon Nova Act',
    predicate: 'eligibility',
    statement: 'Eligible since 21 May 2026.',
    source: { type: 'third-party', title: 'AWS machine learning blog, through a mirror', url: null },
    asOf: '2026-05-21',
    confidence: 'medium',
  },
  'starter.azure-speech': {
    vendor: 'Microsoft',
    product: 'Azure AI Speech, Azure AI Language',
    service: null,
    predicate: 'eligibility',
    statement: 'In scope as Azure AI services; to be verified in the scope list of the Service Trust Portal.',
    source: { type: 'third-party', title: 'General knowledge, not verified', url: null },
    confidence: 'low',
  },
  'starter.google-baa': {
    ...GOOGLE,
    product: 'Google Cloud',
    predicate: 'baa.coverage',
    statement:
      'The agreement is accepted by the customer and covers a list of products; Cloud and Workspace have one each.',
    source: {
      type: 'vendor-docs',
      title: 'HIPAA compliance on Google Cloud',
      url: 'https://cloud.google.com/security/compliance/hipaa',
    },
    confidence: 'high',
  },
  'starter.google-vertex-retention': {
    ...GOOGLE,
    product: 'Vertex AI (Gemini Enterprise Agent Platform)',
    predicate: 'retention.zero-available',
    statement:
      'Zero retention takes several separate acts: an exception from abuse logging, caching off, choices about grounding.',
    source: { type: 'vendor-docs', title: 'Zero data retention', url: 'https://docs.cloud.google.com/' },
    confidence: 'high',
  },
  'starter.google-vertex-training': {
    ...GOOGLE,
    product: 'Vertex AI (Gemini Enterprise Agent Platform)',
    predicate: 'training.default',
    statement: 'No training on customer data without permission.',
    source: { type: 'vendor-docs', title: 'Zero data retention', url: 'https://docs.cloud.google.com/' },
    confidence: 'high',
  },
  'starter.google-speech': {
    ...GOOGLE,
    product: 'Speech-to-Text',
    predicate: 'eligibility',
    statement: 'Eligible under the agreement; logging of data must not be opted into.',
    source: { type: 'third-party', title: 'Secondary sources', url: null },
    asOf: '2025-09-30',
    confidence: 'low',
  },
  'starter.openai-baa': {
    ...OPENAI,
    predicate: 'baa.coverage',
    statement: 'An agreement on request, case by case; most API services are covered, exceptions are listed.',
    source: { type: 'vendor-support', title: 'OpenAI help, 8660679', url: 'https://help.openai.com/' },
    confidence: 'high',
  },
  'starter.openai-retention': {
    ...OPENAI,
    predicate: 'retention.default',
    statement: 'Abuse logs for up to 30 days by default; zero retention or modified monitoring after approval.',
    source: { type: 'vendor-docs', title: 'Your data', url: 'https://developers.openai.com/' },
    confidence: 'high',
  },
  'starter.openai-training': {
    ...OPENAI,
    predicate: 'training.default',
    statement: 'API data are not used for training by default since 1 March 2023.',
    source: { type: 'vendor-docs', title: 'Your data', url: 'https://developers.openai.com/' },
    confidence: 'high',
  },
  'starter.anthropic-baa': {
    ...ANTHROPIC,
    predicate: 'baa.coverage',
    statement:
      'An agreement for access that is set up for HIPAA; not for consumer plans, the console or beta features, and not for what is bought through another cloud.',
    source: { type: 'vendor-support', title: 'Anthropic help, 15455031', url: 'https://support.claude.com/' },
    confidence: 'high',
  },
  'starter.anthropic-models': {
    ...ANTHROPIC,
    predicate: 'retention.zero-available',
    statement: 'Covered Models keep content for 30 days on every platform and are not offered under zero retention.',
    source: { type: 'vendor-docs', title: 'API and data retention', url: 'https://platform.claude.com/' },
    confidence: 'high',
  },
  'starter.anthropic-covered-models': {
    ...ANTHROPIC,
    predicate: 'baa.coverage',
    stance: 'disputes',
    disputes: ['starter.anthropic-baa'],
    statement: 'One platform that resells says that Covered Models are excluded from its own agreement.',
    source: { type: 'third-party', title: 'A platform’s agreement page', url: null },
    confidence: 'medium',
  },
  'starter.speech-vendors': {
    vendor: 'Deepgram, AssemblyAI, ElevenLabs and others',
    product: 'Speech APIs',
    service: null,
    predicate: 'baa.coverage',
    statement: 'An agreement by plan or contract; unknown until there is one.',
    source: { type: 'third-party', title: 'Not verified', url: null },
    confidence: 'low',
  },
  'starter.self-hosted': {
    vendor: 'Self-hosted',
    product: 'Whisper, sherpa-onnx, vLLM and others',
    service: null,
    predicate: 'baa.coverage',
    statement:
      'Run by the covered entity on its own hardware nobody else sees PHI. On rented machines the provider is a business associate, even if it holds ciphertext alone.',
    source: { type: 'regulator', title: 'HHS guidance on cloud computing', url: 'https://www.hhs.gov/hipaa/' },
    confidence: 'high',
  },
};

export const STARTER_CLAIMS: readonly StarterClaim[] = Object.entries(SAID).map(([id, said]) => ({
  stance: 'supports',
  disputes: [],
  asOf: READ,
  ...said,
  expires: RECHECK,
  withdrawn: false,
  id,
}));
