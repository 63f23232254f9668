// Certificates of destruction (docs/formats/certificate.md): their shape, and whether the log says the same.
import { utf8 } from './bytes.ts';
import { encodeCanonical, isObject, parseCanonicalObject } from './canonical.ts';
import type { Json, JsonObject } from './canonical.ts';
import { sha256Hex } from './crypto.ts';
import { scannedDetail } from './entry.ts';
import { FormatError } from './fault.ts';
import { HeaderScanner } from './header-scan.ts';
import { signNote, verifyNote } from './note.ts';
import type { NoteSigner, VerifierKey } from './note.ts';
import { verifyProof } from './proof-file.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Objects that one certificate names one by one. */
export const MAX_NAMED_OBJECTS = 10_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const TOKEN = /^[!#-[\]-~]{1,4096}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface DestructionStatement {
  readonly algorithm: string;
  readonly backups: { readonly expire: string | null; readonly state: 'complete' | 'pending_backup_expiry' };
  readonly basis: string;
  readonly ciphertexts: readonly string[];
  readonly count: number;
  readonly destruction: string;
  readonly entries: readonly { readonly from: number; readonly to: number }[];
  readonly holds: { readonly checked: string; readonly matching: 0 };
  readonly id: string;
  readonly keyLocations: readonly string[];
  readonly keys: readonly {
    readonly id: string;
    readonly level: 'data' | 'erasure' | 'tenant';
    readonly module: string;
  }[];
  readonly log: string;
  readonly method: string;
  readonly objects: readonly { readonly id: string; readonly type: string }[];
  readonly people: {
    readonly approvedBy: readonly string[];
    readonly performedBy: string;
    readonly verifiedBy: string;
  };
  readonly retention: string;
  readonly tenant: string;
  readonly times: { readonly destroyed: string; readonly intended: string; readonly verified: string };
  readonly tool: { readonly name: string; readonly version: string };
  readonly upstream: readonly { readonly answer: string; readonly service: string }[];
  readonly verification: { readonly attempts: number; readonly method: string; readonly opened: 0 };
}

export interface Certificate {
  readonly note: string;
  /** tlog-proof of the destruction entry. */
  readonly proof: string;
  readonly statement: DestructionStatement;
}

export interface VerifiedCertificate {
  readonly statement: DestructionStatement;
  /** Digest that the destruction entry must carry. */
  readonly digest: string;
  /** Of the destruction entry. */
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

/** Digest of a statement, for `detail.statement` of the destruction entry. Errors: `certificate_malformed`, `json_…`. */
export function statementDigest(statement: DestructionStatement): string {
  requireStatement(statement as unknown as JsonObject);
  return sha256Hex(encodeCanonical(statement as unknown as Json));
}

/** The note of a certificate. Errors: those of signNote. */
export async function signStatement(statement: DestructionStatement, signer: NoteSigner): Promise<string> {
  const note = await signNote(noteText(statement.log, statementDigest(statement)), signer);
  return new TextDecoder().decode(note);
}

export function encodeCertificate(certificate: Certificate): Uint8Array {
  return encodeCanonical({ ...certificate, v: 1 } as unknown as Json);
}

/** Errors: `certificate_malformed`, `json_…`. Nothing is verified yet. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const { note, proof, statement, v, ...rest } = parseCanonicalObject(bytes);
  const shape = typeof note === 'string' && typeof proof === 'string' && v === 1 && Object.keys(rest).length === 0;
  if (!shape || !isObject(statement)) throw malformed();
  requireStatement(statement);
  return { note, proof, statement: statement as unknown as DestructionStatement };
}

/**
 * A certificate is worth as much as the log: its note and the checkpoint of its proof must be signed by the log's keys, and
 * the entry proven must name this certificate with this statement.
 * Errors: those of the parts, and `certificate_differs` when entry and certificate do not say the same.
 */
export function verifyCertificate(bytes: Uint8Array, keys: readonly VerifierKey[]): VerifiedCertificate {
  const { note, proof, statement } = parseCertificate(bytes);
  const digest = sha256Hex(encodeCanonical(statement as unknown as Json));
  const signed = verifyNote(utf8(note), keys, { unknown: 'refuse' });
  if (signed.text !== noteText(statement.log, digest)) throw new FormatError('certificate_differs');
  const proven = verifyProof(utf8(proof), keys);
  const scanner = new HeaderScanner(statement.log);
  scanner.scan(proven.header, 0, proven.header.length);
  const detail = scannedDetail(scanner);
  const says =
    (scanner.kind === 'destruction.done' || scanner.kind === 'destruction.completed') &&
    detail['certificate'] === statement.id &&
    detail['destruction'] === statement.destruction &&
    detail['statement'] === digest &&
    scanner.index === proven.index;
  if (!says) throw new FormatError('certificate_differs');
  return { statement, digest, index: proven.index, checkpoint: proven.checkpoint };
}

function noteText(log: string, digest: string): string {
  return `cordon destruction certificate v1\n${log}\n${digest}\n`;
}

type Check = (value: Json) => boolean;

const isToken: Check = (value) => typeof value === 'string' && TOKEN.test(value);
const isUuid: Check = (value) => typeof value === 'string' && UUID.test(value);
const isDigest: Check = (value) => typeof value === 'string' && DIGEST.test(value);
const isTime: Check = (value) => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
const isCount: Check = (value) => typeof value === 'number' && value >= 0;
const isZero: Check = (value) => value === 0;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check, most = MAX_NAMED_OBJECTS): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((item: Json) => check(item));
const shape =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) &&
    Object.keys(value).length === Object.keys(members).length &&
    Object.entries(members).every(([name, check]) => {
      const member = value[name];
      return member !== undefined && check(member);
    });

const STATEMENT = shape({
  algorithm: isToken,
  backups: shape({ expire: orNull(isTime), state: oneOf('complete', 'pending_backup_expiry') }),
  basis: isToken,
  ciphertexts: listOf(isDigest),
  count: isCount,
  destruction: isUuid,
  entries: listOf(shape({ from: isCount, to: isCount })),
  holds: shape({ checked: isTime, matching: isZero }),
  id: isUuid,
  keyLocations: listOf(isToken),
  keys: listOf(shape({ id: isToken, level: oneOf('data', 'erasure', 'tenant'), module: isToken })),
  log: isToken,
  method: isToken,
  objects: listOf(shape({ id: isUuid, type: isToken })),
  people: shape({ approvedBy: listOf(isToken), performedBy: isToken, verifiedBy: isToken }),
  retention: isToken,
  tenant: isUuid,
  times: shape({ destroyed: isTime, intended: isTime, verified: isTime }),
  tool: shape({ name: isToken, version: isToken }),
  upstream: listOf(shape({ answer: isToken, service: isToken })),
  verification: shape({ attempts: isCount, method: isToken, opened: isZero }),
});

function requireStatement(statement: JsonObject): void {
  if (!STATEMENT(statement)) throw malformed();
  const { times, entries, log, tenant, backups } = statement as unknown as DestructionStatement;
  const inOrder = times.intended <= times.destroyed && times.destroyed <= times.verified;
  const apart = entries.every(({ from, to }, at) => from <= to && (at === 0 || from > (entries[at - 1]?.to ?? from)));
  const pending = (backups.expire !== null) === (backups.state === 'pending_backup_expiry');
  if (!inOrder || !apart || !pending || !log.endsWith(`/${tenant}`)) throw malformed();
}

function malformed(): FormatError {
  return new FormatError('certificate_malformed');
}
