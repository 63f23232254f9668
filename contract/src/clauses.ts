// What a contract must say before protected health information may go to the other party, one element per row. Facts of
// 45 CFR 164.504(e)(2)–(4), 164.314(a)(2)(i) and 164.514(e)(4); the wording is ours. The AI clauses are commercial, not law.

/** `mandatory`: must be present. `conditional`: a permission, or what a permission brings with it. `commercial`: never blocks. */
export type ClauseNeed = 'mandatory' | 'conditional' | 'commercial';

export interface ClauseElement {
  /** The regulation, below 45 CFR 164; empty for commercial ones. */
  readonly cite: string;
  readonly need: ClauseNeed;
  /** What to look for in the document. */
  readonly asks: string;
  /** Must be present as soon as that element is. */
  readonly whenPresent?: string;
}

/** Business associate agreement: 16 mandatory and 4 conditional elements. */
const BUSINESS_ASSOCIATE = {
  'B-01': { cite: '504(e)(2)(i)', need: 'mandatory', asks: 'States what PHI may and must be used and disclosed for.' },
  'B-02': {
    cite: '504(e)(2)(i)',
    need: 'mandatory',
    asks: 'Allows nothing that the covered entity itself may not do; training of models on content included.',
  },
  'B-03': {
    cite: '504(e)(2)(i)(A)',
    need: 'conditional',
    asks: 'Allows use and disclosure for the associate’s own management and administration.',
  },
  'B-04': { cite: '504(e)(2)(i)(B)', need: 'conditional', asks: 'Allows data aggregation for health care operations.' },
  'B-05': {
    cite: '504(e)(2)(ii)(A)',
    need: 'mandatory',
    asks: 'No use or further disclosure beyond contract and law.',
  },
  'B-06': {
    cite: '504(e)(2)(ii)(B)',
    need: 'mandatory',
    asks: 'Appropriate safeguards, and the Security Rule for electronic PHI.',
  },
  'B-07': {
    cite: '504(e)(2)(ii)(C)',
    need: 'mandatory',
    asks: 'Reports uses and disclosures that were not agreed, breaches included, within 60 days at most (164.410).',
  },
  'B-08': {
    cite: '504(e)(2)(ii)(D)',
    need: 'mandatory',
    asks: 'Subcontractors agree to the same restrictions and conditions.',
  },
  'B-09': {
    cite: '504(e)(2)(ii)(E)',
    need: 'mandatory',
    asks: 'Makes PHI available for access by the individual (164.524).',
  },
  'B-10': { cite: '504(e)(2)(ii)(F)', need: 'mandatory', asks: 'Makes PHI available for amendment (164.526).' },
  'B-11': {
    cite: '504(e)(2)(ii)(G)',
    need: 'mandatory',
    asks: 'Keeps what an accounting of disclosures needs (164.528).',
  },
  'B-12': {
    cite: '504(e)(2)(ii)(H)',
    need: 'mandatory',
    asks: 'Where it carries out a duty of the covered entity, it complies as the covered entity would.',
  },
  'B-13': {
    cite: '504(e)(2)(ii)(I)',
    need: 'mandatory',
    asks: 'Opens books and records to the Secretary of Health and Human Services.',
  },
  'B-14': {
    cite: '504(e)(2)(ii)(J)',
    need: 'mandatory',
    asks: 'Returns or destroys all PHI at the end, or extends protection where that is infeasible.',
  },
  'B-15': {
    cite: '504(e)(2)(iii)',
    need: 'mandatory',
    asks: 'The covered entity may end it over a material violation.',
  },
  'B-16': {
    cite: '504(e)(4)(i)',
    need: 'conditional',
    asks: 'Own use only as far as management or legal duties make it necessary.',
    whenPresent: 'B-03',
  },
  'B-17': {
    cite: '504(e)(4)(ii)',
    need: 'conditional',
    asks: 'Own disclosure only if law requires it, or under assurances of confidentiality with notice of breaches.',
    whenPresent: 'B-03',
  },
  'B-S1': { cite: '314(a)(2)(i)(A)', need: 'mandatory', asks: 'Complies with the Security Rule.' },
  'B-S2': {
    cite: '314(a)(2)(i)(B)',
    need: 'mandatory',
    asks: 'Subcontractors with electronic PHI agree to the Security Rule by a contract of the same kind.',
  },
  'B-S3': {
    cite: '314(a)(2)(i)(C)',
    need: 'mandatory',
    asks: 'Reports every security incident it becomes aware of.',
  },
} as const satisfies Record<string, ClauseElement>;

/** Data use agreement for a limited data set: 164.514(e)(4)(ii). */
const DATA_USE = {
  'D-01': { cite: '514(e)(4)(ii)(A)', need: 'mandatory', asks: 'States the permitted uses and disclosures.' },
  'D-02': { cite: '514(e)(4)(ii)(B)', need: 'mandatory', asks: 'States who may use or receive the set.' },
  'D-03': {
    cite: '514(e)(4)(ii)(C)(1)',
    need: 'mandatory',
    asks: 'No use or disclosure beyond the agreement and law.',
  },
  'D-04': { cite: '514(e)(4)(ii)(C)(2)', need: 'mandatory', asks: 'Appropriate safeguards.' },
  'D-05': { cite: '514(e)(4)(ii)(C)(3)', need: 'mandatory', asks: 'Reports uses that were not agreed.' },
  'D-06': { cite: '514(e)(4)(ii)(C)(4)', need: 'mandatory', asks: 'Agents agree to the same.' },
  'D-07': { cite: '514(e)(4)(ii)(C)(5)', need: 'mandatory', asks: 'Nobody is identified or contacted.' },
} as const satisfies Record<string, ClauseElement>;

/** Attestation about the house’s own hosts (docs/formats/registry.md): an internal record, so nothing is cited. */
const ATTESTATION = {
  'H-01': { cite: '', need: 'mandatory', asks: 'Says who owns the hosts.' },
  'H-02': { cite: '', need: 'mandatory', asks: 'Says who can reach them.' },
  'H-03': { cite: '', need: 'mandatory', asks: 'Says that no vendor has support access to content.' },
} as const satisfies Record<string, ClauseElement>;

/** Commercial clauses about AI, kept apart from the law’s. */
const COMMERCIAL = {
  'A-01': { cite: '', need: 'commercial', asks: 'Exact services, SKUs and routes are named.' },
  'A-02': { cite: '', need: 'commercial', asks: 'Modalities are named: text, audio, image, files.' },
  'A-03': { cite: '', need: 'commercial', asks: 'Previews are excluded, or said to be included.' },
  'A-04': { cite: '', need: 'commercial', asks: 'Training on content.' },
  'A-05': { cite: '', need: 'commercial', asks: 'Retention and human review for abuse monitoring.' },
  'A-06': { cite: '', need: 'commercial', asks: 'Zero retention or modified monitoring, and its exceptions.' },
  'A-07': { cite: '', need: 'commercial', asks: 'Right to de-identify: method and recipients.' },
  'A-08': { cite: '', need: 'commercial', asks: 'Right to improve products.' },
  'A-09': { cite: '', need: 'commercial', asks: 'Regions of storage, processing and support access.' },
  'A-10': { cite: '', need: 'commercial', asks: 'Subprocessors and notice before they change.' },
  'A-11': { cite: '', need: 'commercial', asks: 'Notice of a breach in hours or days.' },
  'A-12': { cite: '', need: 'commercial', asks: 'Notice when a contingency plan is activated.' },
  'A-13': { cite: '', need: 'commercial', asks: 'Yearly written verification of safeguards.' },
  'A-14': {
    cite: '',
    need: 'commercial',
    asks: 'Proof and deadline of destruction: caches, batch files, fine-tunes, vector stores.',
  },
  'A-15': { cite: '', need: 'commercial', asks: 'No access from offshore.' },
  'A-16': { cite: '', need: 'commercial', asks: 'Qualified service organisation (42 CFR part 2).' },
  'A-17': { cite: '', need: 'commercial', asks: 'No re-identification.' },
  'A-18': { cite: '', need: 'commercial', asks: 'Audit reports.' },
  'A-19': { cite: '', need: 'commercial', asks: 'What counts as log or telemetry.' },
  'A-20': { cite: '', need: 'commercial', asks: 'Notice of orders to preserve the vendor’s logs.' },
} as const satisfies Record<string, ClauseElement>;

const ELEMENTS = { ...BUSINESS_ASSOCIATE, ...DATA_USE, ...ATTESTATION, ...COMMERCIAL } as const;
export type ClauseId = keyof typeof ELEMENTS;

export const CLAUSES: Readonly<Record<ClauseId, ClauseElement>> = ELEMENTS;
export const CLAUSE_IDS = Object.keys(ELEMENTS) as [ClauseId, ...ClauseId[]];

/** What kinds of record there are: three contracts and the house’s own statement about its hosts. */
export const AGREEMENT_KINDS = ['baa', 'dua', 'dataset', 'attestation'] as const;
export type AgreementKind = (typeof AGREEMENT_KINDS)[number];

/** The elements that a record of that kind is read for, in the order of the law; commercial ones after them for contracts. */
export function elementsOf(kind: AgreementKind): readonly ClauseId[] {
  const commercial = Object.keys(COMMERCIAL) as ClauseId[];
  switch (kind) {
    case 'baa':
      return [...(Object.keys(BUSINESS_ASSOCIATE) as ClauseId[]), ...commercial];
    case 'dua':
      return [...(Object.keys(DATA_USE) as ClauseId[]), ...commercial];
    case 'dataset':
      return commercial;
    case 'attestation':
      return Object.keys(ATTESTATION) as ClauseId[];
  }
}
