// Who may do what: the one closed table. The code, docs/permissions.md and the access test are made from it.

/** A person's roles (spec custody §1). Several may be held; permissions add up. */
export const ROLES = [
  'clinician',
  'reviewer',
  'developer',
  'privacy_officer',
  'security_officer',
  'data_steward',
  'operator',
  'administrator',
  'auditor',
  'leader',
] as const;

export type Role = (typeof ROLES)[number];

/** What each role is for, one sentence; goes into docs/permissions.md. */
export const ROLE_PURPOSES: Readonly<Record<Role, string>> = {
  clinician: 'Sees patients: records, reads, reviews and signs the notes of their own encounters.',
  reviewer: 'Works through drafts of encounters they were added to; never signs.',
  developer: 'Builds on the API with keys of their own; reads configuration, no patient content.',
  privacy_officer:
    'Answers for uses and disclosures: reads the ledger with content, approves bulk exports, reviews break-glass looks.',
  security_officer:
    'Answers for keys and access: rotates, escrows, re-wraps, ends sessions, reads the ledger without content.',
  data_steward: 'Answers for datasets and retention; reads agreements, services and the ledger without content.',
  operator: 'Runs the system: health, jobs, models. No patient content.',
  administrator: 'People, roles and API keys. No patient content.',
  auditor: 'Reads and proves everything that is recorded, without content.',
  leader: 'Reads figures and configuration. No patient content.',
};

interface PermissionEntry {
  /** Completes "may …". */
  readonly may: string;
  readonly roles: readonly Role[];
  /** Whether an API key can ever hold it. */
  readonly keys: boolean;
  /** A person must also have the named relation to the object (custody/access decides), or a break-glass look that is open. */
  readonly patientLevel?: true;
  /** The session must have been re-authenticated within five minutes (spec custody §1). */
  readonly fresh?: true;
  /** Needs the approval of a second, different person (spec custody §1). */
  readonly dual?: true;
}

const clinical = ['clinician', 'reviewer'] as const satisfies readonly Role[];
const everyone = ROLES;
const overseers = ['privacy_officer', 'security_officer', 'data_steward', 'auditor'] as const satisfies readonly Role[];

const table = {
  // The visit. What touches a patient needs the relation to the encounter as well.
  'encounter.create': { may: 'open an encounter', roles: ['clinician'], keys: true },
  'encounter.list': { may: 'list the encounters they have a relation to', roles: clinical, keys: true },
  'encounter.read': { may: 'read an encounter', roles: clinical, keys: true, patientLevel: true },
  'encounter.update': { may: 'correct or close an encounter', roles: ['clinician'], keys: true, patientLevel: true },
  'encounter.share': { may: 'add a person to an encounter', roles: ['clinician'], keys: false, patientLevel: true },
  'consent.read': { may: 'read consent records', roles: [...clinical, 'privacy_officer'], keys: true },
  'consent.record': { may: 'record a consent', roles: ['clinician'], keys: true, patientLevel: true },
  'consent.withdraw': {
    may: 'record that a consent was withdrawn',
    roles: ['clinician', 'privacy_officer'],
    keys: true,
  },
  'recording.create': { may: 'upload or capture a recording', roles: ['clinician'], keys: true, patientLevel: true },
  'recording.read': { may: 'listen to a recording', roles: clinical, keys: true, patientLevel: true },
  'transcription.create': { may: 'have audio transcribed', roles: ['clinician'], keys: true },
  'transcript.read': { may: 'read a transcript', roles: clinical, keys: true, patientLevel: true },
  'draft.create': { may: 'have a note drafted', roles: ['clinician'], keys: true, patientLevel: true },
  'draft.read': { may: 'read a draft and its verdicts', roles: clinical, keys: true, patientLevel: true },
  'review.read': { may: 'read a review and its history', roles: clinical, keys: true, patientLevel: true },
  'review.edit': { may: 'accept, edit, reject or add sentences', roles: clinical, keys: false, patientLevel: true },
  'note.read': { may: 'read a note', roles: clinical, keys: true, patientLevel: true },
  'note.sign': { may: 'sign a note', roles: ['clinician'], keys: false, patientLevel: true, fresh: true },
  'note.amend': { may: 'start an amendment of a signed note', roles: ['clinician'], keys: false, patientLevel: true },
  'note.reject': { may: 'reject a draft note as a whole', roles: ['clinician'], keys: false, patientLevel: true },
  'note.copy': {
    may: 'take a signed note out as text or document',
    roles: ['clinician'],
    keys: true,
    patientLevel: true,
  },
  'fhir.read': { may: 'read the FHIR bundle of a signed note', roles: ['clinician'], keys: true, patientLevel: true },
  'fhir.write': {
    may: 'file a signed note in the record system',
    roles: ['clinician'],
    keys: true,
    patientLevel: true,
  },
  'vocabulary.manage': { may: 'keep word lists that help recognition', roles: clinical, keys: true },
  'breakglass.open': {
    may: 'open a time-boxed look at an encounter without a relation, giving a reason',
    roles: ['clinician'],
    keys: false,
    fresh: true,
  },
  'breakglass.review': { may: 'review break-glass looks', roles: ['privacy_officer'], keys: false },

  // The boundary.
  'request.read': {
    may: 'read what became of a call',
    roles: [...clinical, 'developer', 'privacy_officer'],
    keys: true,
  },
  'generation.create': { may: 'call a language model', roles: [...clinical, 'developer'], keys: true },
  'embedding.create': { may: 'have text embedded', roles: [...clinical, 'developer'], keys: true },
  'text.deidentify': {
    may: 'have texts de-identified',
    roles: [...clinical, 'developer', 'privacy_officer', 'data_steward'],
    keys: true,
  },
  'service.read': { may: 'read the registered services', roles: everyone, keys: true },
  'agreement.read': { may: 'read agreements and attestations', roles: everyone, keys: true },
  'service.manage': {
    may: 'register, change and stop services',
    roles: ['privacy_officer', 'security_officer'],
    keys: false,
    fresh: true,
  },
  'agreement.manage': {
    may: 'record, change and end agreements and attestations, attach their documents',
    roles: ['privacy_officer'],
    keys: false,
    fresh: true,
  },
  'claim.manage': {
    may: 'record what vendors and others say about services',
    roles: ['privacy_officer', 'security_officer'],
    keys: false,
  },
  'method.read': { may: 'read the method records of de-identification', roles: everyone, keys: true },
  'method.measure': {
    may: 'measure recall and risk for a method record',
    roles: ['privacy_officer', 'security_officer', 'data_steward'],
    keys: false,
  },
  'risk.measure': {
    may: 'measure the risk of re-identification of a dataset',
    roles: ['privacy_officer', 'security_officer', 'data_steward'],
    keys: true,
  },
  'method.review': {
    may: 'hand in what a person found in a de-identified sample',
    roles: [...clinical, 'privacy_officer', 'security_officer', 'data_steward'],
    keys: false,
  },
  'method.manage': {
    may: 'begin and revoke method records, attach their documents',
    roles: ['privacy_officer'],
    keys: false,
    fresh: true,
  },
  'method.state': {
    may: 'state that a de-identification method holds, which puts its record in force',
    roles: ['privacy_officer'],
    keys: false,
    fresh: true,
  },
  'planner.use': { may: 'compare what deployment patterns cost', roles: everyone, keys: true },
  'policy.read': { may: 'read the policy', roles: everyone, keys: true },
  'policy.explain': { may: 'ask why a call would be allowed or refused', roles: everyone, keys: true },
  'policy.record': {
    may: 'record a version of the policy, and let one run in the shadow',
    roles: ['privacy_officer', 'security_officer', 'administrator'],
    keys: true,
  },
  'policy.simulate': {
    may: 'make past decisions again, under the same policy or another',
    roles: [...overseers, 'administrator'],
    keys: true,
  },
  'policy.activate': {
    may: 'activate a version of the policy',
    roles: ['privacy_officer', 'security_officer'],
    keys: false,
    fresh: true,
    dual: true,
  },

  // The ledger.
  'ledger.read': { may: 'read entries without content', roles: [...overseers, 'leader'], keys: true },
  'ledger.content': { may: 'read the sealed content of entries', roles: ['privacy_officer'], keys: false, fresh: true },
  'ledger.prove': {
    may: 'fetch checkpoints, tiles and proofs',
    roles: [...overseers, ...clinical, 'leader'],
    keys: true,
  },
  'ledger.export': { may: 'export the ledger, headers only', roles: overseers, keys: true },
  'ledger.export_content': {
    may: 'export the ledger with facts or content (bulk PHI)',
    roles: ['privacy_officer'],
    keys: false,
    fresh: true,
    dual: true,
  },
  'ledger.reopen': {
    may: 'reopen a ledger after a lawful restore',
    roles: ['security_officer', 'operator'],
    keys: false,
    fresh: true,
    dual: true,
  },

  // Keys of the installation.
  'keys.read': { may: 'read the key inventory', roles: ['security_officer', 'operator', 'auditor'], keys: false },
  'keys.rotate': {
    may: 'rotate root, tenant, erasure or signing keys',
    roles: ['security_officer'],
    keys: false,
    fresh: true,
    dual: true,
  },
  'keys.rewrap': {
    may: 're-wrap data keys under a new erasure key',
    roles: ['security_officer'],
    keys: false,
    fresh: true,
    dual: true,
  },
  'keys.escrow': {
    may: 'write an escrow copy and try it',
    roles: ['security_officer'],
    keys: false,
    fresh: true,
  },
  'keys.backup': {
    may: 'write a copy of the key store that expires',
    roles: ['security_officer', 'operator'],
    keys: false,
    fresh: true,
  },

  // People and credentials.
  'person.read': {
    may: 'list people and their roles',
    roles: ['administrator', 'security_officer', 'privacy_officer', 'auditor'],
    keys: false,
  },
  'person.invite': { may: 'invite a person', roles: ['administrator'], keys: false, fresh: true },
  'person.update': {
    may: 'change roles, suspend, reset password or authenticator',
    roles: ['administrator'],
    keys: false,
    fresh: true,
  },
  'session.read': { may: 'list sessions of others', roles: ['administrator', 'security_officer'], keys: false },
  'session.end': { may: 'end sessions of others', roles: ['administrator', 'security_officer'], keys: false },
  'self.manage': {
    may: 'see and end own sessions, change own password and authenticator',
    roles: everyone,
    keys: false,
  },
  'apikey.read': {
    may: 'list API keys (never their secrets)',
    roles: ['administrator', 'security_officer', 'developer', 'auditor'],
    keys: false,
  },
  'apikey.create': { may: 'create an API key', roles: ['administrator'], keys: false, fresh: true },
  'apikey.update': { may: 'change what an API key may use', roles: ['administrator'], keys: false, fresh: true },
  'apikey.revoke': { may: 'revoke an API key', roles: ['administrator', 'security_officer'], keys: false },
  'approval.read': {
    may: 'see requests that await a second person',
    roles: ['privacy_officer', 'security_officer', 'operator', 'administrator', 'auditor'],
    keys: false,
  },
  'approval.decide': {
    may: 'approve or refuse the request of another person',
    roles: ['privacy_officer', 'security_officer', 'administrator'],
    keys: false,
    fresh: true,
  },

  // The house.
  'tenant.read': { may: 'read the settings of the tenant', roles: everyone, keys: true },
  'tenant.manage': { may: 'change the settings of the tenant', roles: ['administrator'], keys: false, fresh: true },
  'tenant.create': { may: 'create a tenant', roles: ['operator'], keys: false, fresh: true },
  'model.read': { may: 'list models on this machine', roles: everyone, keys: true },
  'model.manage': { may: 'pull, import, verify and remove models', roles: ['operator'], keys: true },
  'job.read': { may: 'see the state of own jobs', roles: [...clinical, 'operator', 'developer'], keys: true },
  'health.read': {
    may: 'run the checks of the installation',
    roles: ['operator', 'security_officer', 'administrator', 'auditor'],
    keys: true,
  },
} as const satisfies Record<string, PermissionEntry>;

export type Permission = keyof typeof table;

export const PERMISSIONS: Readonly<Record<Permission, PermissionEntry>> = table;

/** Every permission, in the order of the table. */
export const PERMISSION_NAMES: readonly Permission[] = Object.keys(table) as Permission[];

/** The permissions that API keys may be given; `note.sign` is not among them and never will be. */
export const KEY_PERMISSIONS: readonly Permission[] = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].keys);

/** What a person with these roles may do. */
export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  return new Set(PERMISSION_NAMES.filter((name) => PERMISSIONS[name].roles.some((role) => roles.includes(role))));
}

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}

export function isPermission(value: string): value is Permission {
  return Object.hasOwn(table, value);
}
