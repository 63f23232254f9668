// The closed list of entry kinds and the members their detail must have. docs/formats/entry.md §3 is compared with it.
// Types are written as on that page; scan-types.ts reads them.

const window = {
  effective: 'time',
  expires: 'time|null',
  id: 'uuid',
  services: '[token]',
  version: 'version',
} as const;
const ended = { id: 'uuid', reason: 'token' } as const;
const level = '"erasure"|"root"|"tenant"';

/** Kind → required members, ascending by name. Kinds may be added, never changed or taken away. */
export const KINDS = {
  'access.read': { what: 'token' },
  'access.broken-glass': { reason: 'token', until: 'time' },
  'agreement.recorded': window,
  'agreement.ended': ended,
  'apikey.created': { key: 'uuid' },
  'apikey.changed': { change: 'token', key: 'uuid' },
  'apikey.revoked': { key: 'uuid', reason: 'token' },
  'attestation.recorded': window,
  'attestation.ended': ended,
  'call.intent': {
    capability: '"embed"|"generate"|"transcribe"',
    code: 'token',
    decision: '"allow"|"refuse"',
    obligations: '[token]',
    policy: 'token',
    registry: 'token',
    routes: '[route]',
  },
  'call.outcome': {
    code: 'token',
    intent: 'uuid',
    service: 'token|null',
    status: '"aborted"|"complete"|"failed"|"interrupted"|"refused"',
  },
  'configuration.changed': { setting: 'token' },
  'consent.recorded': { consent: 'uuid', encounter: 'uuid', method: 'token' },
  'consent.withdrawn': { consent: 'uuid', encounter: 'uuid' },
  'destruction.intended': { basis: 'token', destruction: 'uuid' },
  'destruction.done': {
    certificate: 'uuid',
    destruction: 'uuid',
    statement: 'digest',
    status: '"complete"|"pending_backup_expiry"',
  },
  'destruction.completed': { certificate: 'uuid', destruction: 'uuid', statement: 'digest' },
  'disclosure.made': { basis: 'basis|null', purpose: 'token', recipient: 'token' },
  'draft.created': { draft: 'uuid', encounter: 'uuid', generator: 'token', version: 'version' },
  'encounter.created': { encounter: 'uuid' },
  'encounter.changed': { change: 'token', encounter: 'uuid' },
  'engine.installed': { engine: 'token', source: 'token' },
  'export.made': { what: 'token' },
  'fhir.built': { bundle: 'uuid', note: 'uuid', version: 'version' },
  'fhir.sent': { bundle: 'uuid', destination: 'token', note: 'uuid', version: 'version' },
  'fhir.confirmed': { bundle: 'uuid', destination: 'token' },
  'hold.placed': { hold: 'uuid' },
  'hold.released': { hold: 'uuid' },
  'incident.opened': { detector: 'token', incident: 'uuid' },
  'incident.changed': { incident: 'uuid', state: 'token' },
  'incident.closed': { incident: 'uuid', outcome: 'token' },
  'key.created': { key: 'token', level },
  'key.rotated': { key: 'token', level, replaces: 'token' },
  'key.rewrapped': { count: 'int', from: 'token', to: 'token' },
  'key.escrowed': { recipients: 'int' },
  'key.erased': { key: 'token', level },
  'ledger.recovered': { intents: 'int', streams: 'int' },
  'ledger.reopened': { checkpoint: 'base64', held: 'int', lost: '{"from":int,"to":int}', people: '[uuid]' },
  'log.key-changed': { new: 'token', newSignature: 'base64', old: 'token', oldSignature: 'base64' },
  'method.recorded': window,
  'method.ended': ended,
  'note.signed': { encounter: 'uuid', note: 'uuid', version: 'version' },
  'note.amended': { encounter: 'uuid', note: 'uuid', version: 'version' },
  'note.rejected': { draft: 'uuid', encounter: 'uuid', version: 'version' },
  'permission.denied': { permission: 'token' },
  'person.created': { person: 'uuid' },
  'person.changed': { change: 'token', person: 'uuid' },
  'person.disabled': { person: 'uuid' },
  'person.locked': { person: 'uuid' },
  'person.reauthenticated': { session: 'uuid' },
  'policy.activated': { policy: 'token' },
  'recording.received': {
    audio: '{"channels":int,"codec":token,"durationMs":int,"sampleRate":int}',
    consent: 'uuid',
    encounter: 'uuid',
    recording: 'uuid',
  },
  'recording.discarded': { reason: 'token', recording: 'uuid' },
  'retention.changed': { rule: 'token' },
  'review.opened': { draft: 'uuid', version: 'version' },
  'review.action': { action: 'token', draft: 'uuid', version: 'version' },
  'service.recorded': { service: 'token', version: 'version' },
  'session.opened': { method: 'token', session: 'uuid' },
  'session.failed': { count: 'int', reason: 'token' },
  'session.closed': { reason: 'token', session: 'uuid' },
  'tenant.created': { tenant: 'uuid' },
  'transcript.created': {
    encounter: 'uuid|null',
    recording: 'uuid|null',
    transcript: 'uuid',
    version: 'version',
  },
  'transcript.corrected': { transcript: 'uuid', version: 'version' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Kind = keyof typeof KINDS;

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KINDS, text);
}
