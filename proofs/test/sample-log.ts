// A log made up for tests: entries of many kinds that obey every rule, with keys, anchors, facts, content and certificates.
import { createCipheriv, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

import {
  checkpointText,
  encodeCertificate,
  encodeEntry,
  encodeFacts,
  encodeProof,
  Frontier,
  inclusionProof,
  keyChangeText,
  leafHash,
  makeVkey,
  originOf,
  signNote,
  signStatement,
  statementDigest,
  toBase64,
  writeBundle,
} from '#proofs/index.ts';
import type {
  BundleFile,
  BundleReader,
  BundleRow,
  DestructionStatement,
  EntryHeader,
  Kind,
  NoteSigner,
} from '#proofs/index.ts';
import { concat, utf8 } from '#proofs/bytes.ts';
import { encodeCanonical } from '#proofs/canonical.ts';
import { hkdfSha512Block } from '#proofs/crypto.ts';

export const INSTALLATION = '0193d5a0-0000-7000-8000-000000000001';
export const TENANT = '0193d5a0-0000-7000-8000-0000000000aa';
export const LOG = `cordon.local/${INSTALLATION}/${TENANT}`;
const START = Date.parse('2026-11-22T08:00:00.000Z');

/** Random-looking and always the same. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function uuidOf(text: string): string {
  const hex = digestOf(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** An Ed25519 signer from a seed. */
export function signerOf(seed: string): NoteSigner {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = Buffer.concat([prefix, Buffer.from(digestOf(seed), 'hex')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string };
  const vkey = makeVkey(`cordon.local/${INSTALLATION}`, Buffer.from(x, 'base64url'));
  return { vkey, sign: (message) => sign(null, message, privateKey) };
}

export function timeAt(step: number): string {
  return new Date(START + step * 1000).toISOString();
}

export type Draft = Partial<Omit<EntryHeader, 'kind' | 'detail'>> & { kind: Kind; detail: EntryHeader['detail'] };

/** Builds a log entry by entry; what a draft leaves out is filled in. */
export class SampleLog {
  readonly headers: Uint8Array[] = [];
  readonly facts: (Uint8Array | null)[] = [];
  readonly content = new Map<number, Extract<BundleRow, { header: Uint8Array }>['content']>();
  readonly certificates: { id: string; bytes: Uint8Array }[] = [];
  readonly frontier = new Frontier();
  readonly #nodes = new Map<string, Uint8Array>();
  readonly vkeys: string[];
  signer: NoteSigner;
  epoch = 0;

  constructor(signer: NoteSigner = signerOf('first')) {
    this.signer = signer;
    this.vkeys = [signer.vkey];
  }

  get size(): number {
    return this.headers.length;
  }

  /** Gives the entry's id. */
  add(draft: Draft, facts: Record<string, string> | null = null): string {
    const index = this.size;
    const made = facts === null ? null : encodeFacts(facts, Buffer.from(digestOf(`salt${index}`), 'hex'));
    const header: EntryHeader = {
      actor: { id: uuidOf('key'), type: 'key' },
      epoch: this.epoch,
      id: uuidOf(`entry ${this.epoch}/${index}`),
      index,
      log: LOG,
      objects: [],
      time: timeAt(index),
      v: 1,
      ...(made === null ? {} : { facts: made.digest }),
      ...draft,
    };
    this.addBytes(encodeEntry(header), made?.document ?? null);
    return header.id;
  }

  /** Puts any bytes into the tree: an entry that a dishonest server made. */
  addBytes(bytes: Uint8Array, facts: Uint8Array | null = null): void {
    this.headers.push(bytes);
    this.facts.push(facts);
    for (const { node, hash } of this.frontier.append(leafHash(bytes))) {
      this.#nodes.set(`${node.level}/${node.index}`, hash);
    }
  }

  async checkpoint(): Promise<Uint8Array> {
    const text = checkpointText({
      origin: originOf(LOG, this.epoch),
      size: this.size,
      root: this.frontier.root(),
    });
    return await signNote(text, this.signer);
  }

  async proof(index: number): Promise<Uint8Array> {
    const path = inclusionProof(index, this.size, ({ level, index: at }) => {
      const hash = this.#nodes.get(`${level}/${at}`);
      if (hash === undefined) throw new Error('no such node');
      return hash;
    });
    return encodeProof({ header: this.headers[index]!, index, path, checkpoint: await this.checkpoint() });
  }

  /** A sealed body for the next entry, as envelope.md §2 says. */
  sealNext(plaintext: string): { bytes: number; digest: string } {
    const index = this.size;
    const binding = { id: uuidOf(`body ${index}`), kind: 'entry', tenant: TENANT, version: 1 };
    const [dataKey, salt] = [Buffer.from(digestOf(`dk${index}`), 'hex'), Buffer.from(digestOf(`ds${index}`), 'hex')];
    const context = encodeCanonical(binding);
    const derived = hkdfSha512Block(dataKey, salt, concat(utf8('cordon sealed object v1\n'), context));
    const head = concat(utf8('CSO\x01\x01\0\0\0'), salt, derived.subarray(32));
    const nonce = new Uint8Array(12).fill(1, 11);
    const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), nonce);
    cipher.setAAD(concat(head, context));
    const sealed = concat(head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
    this.content.set(index, { kind: 'object', sealed, key: { binding, dataKey } });
    return { bytes: sealed.length, digest: createHash('sha256').update(sealed).digest('hex') };
  }

  /** Frames for the next entry, as stream.md says. */
  streamNext(frames: readonly string[]): NonNullable<EntryHeader['stream']> {
    const index = this.size;
    const binding = { id: uuidOf(`stream ${index}`), kind: 'stream', tenant: TENANT, version: 1 };
    const [dataKey, salt] = [Buffer.from(digestOf(`sk${index}`), 'hex'), Buffer.from(digestOf(`ss${index}`), 'hex')];
    const context = encodeCanonical(binding);
    const derived = hkdfSha512Block(dataKey, salt, concat(utf8('cordon sealed object v1\n'), context));
    const head = concat(utf8('CSO\x01\x03\0\0\0'), salt, derived.subarray(32));
    const sealed = frames.map((frame, number) => {
      const nonce = new Uint8Array(12);
      new DataView(nonce.buffer).setUint32(7, number);
      const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), nonce);
      cipher.setAAD(concat(head, context));
      return concat(cipher.update(frame), cipher.final(), cipher.getAuthTag());
    });
    const lengths = sealed.map((frame) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, frame.length);
      return concat(length, frame);
    });
    const bytes = concat(head, ...lengths);
    this.content.set(index, { kind: 'stream', sealed: bytes, key: { binding, dataKey } });
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { bytes: bytes.length, digest, frames: frames.length, id: binding.id };
  }

  /** `log.key-changed`, signed by both; the new key signs from here on. */
  async changeKey(signer: NoteSigner): Promise<void> {
    const [old, next] = [this.signer.vkey, signer.vkey];
    const message = utf8(keyChangeText(LOG, this.size, old, next));
    const oldSignature = toBase64(await this.signer.sign(message));
    const newSignature = toBase64(await signer.sign(message));
    this.add({ kind: 'log.key-changed', detail: { new: next, newSignature, old, oldSignature } });
    this.signer = signer;
    this.vkeys.push(next);
  }

  /** `ledger.reopened` after a restore that lost what `newest`, of that size, covers beyond this log. */
  reopen(newest: Uint8Array, size: number): void {
    this.epoch += 1;
    const lost = { from: this.size, to: size - 1 };
    const people = [uuidOf('one'), uuidOf('two')];
    this.add({ kind: 'ledger.reopened', detail: { checkpoint: toBase64(newest), held: this.size, lost, people } });
  }

  /** `destruction.intended`, `destruction.done` and the certificate. */
  async destroy(entries: DestructionStatement['entries']): Promise<void> {
    const destruction = uuidOf(`destruction ${this.size}`);
    this.add({ kind: 'destruction.intended', detail: { basis: 'rule:audio-7d', destruction } });
    const statement = sampleStatement(destruction, this.size, entries);
    const certificate = statement.id;
    const index = this.size;
    this.add({
      kind: 'destruction.done',
      detail: { certificate, destruction, statement: statementDigest(statement), status: statement.backups.state },
    });
    const note = await signStatement(statement, this.signer);
    const proof = new TextDecoder().decode(await this.proof(index));
    this.certificates.push({ id: certificate, bytes: encodeCertificate({ note, proof, statement }) });
  }

  async bundle(
    options: { facts?: boolean; content?: boolean; from?: number; to?: number; exportedStep?: number } = {},
  ): Promise<MemoryBundle> {
    const { from = 0, to = this.size } = options;
    const rows = this.headers.map((header, index): BundleRow => {
      if (index < from || index >= to) return { leaf: leafHash(header) };
      const content = this.content.get(index);
      return { header, facts: this.facts[index] ?? null, ...(content === undefined ? {} : { content }) };
    });
    const bundle = new MemoryBundle();
    const source = {
      checkpoint: await this.checkpoint(),
      rows,
      certificates: this.certificates,
      facts: options.facts ?? false,
      content: options.content ?? false,
      exported: timeAt(options.exportedStep ?? this.size + 10),
      vkeys: this.vkeys,
      signer: this.signer,
      writer: 'cordon/test',
    };
    for await (const file of writeBundle(source)) bundle.set(file);
    return bundle;
  }
}

export function sampleStatement(
  destruction: string,
  step: number,
  entries: DestructionStatement['entries'],
): DestructionStatement {
  return {
    algorithm: 'AES-256-GCM',
    backups: { expire: timeAt(step + 604_800), state: 'pending_backup_expiry' },
    basis: 'rule:audio-7d',
    ciphertexts: [digestOf('ciphertext')],
    count: 1,
    destruction,
    entries,
    holds: { checked: timeAt(step), matching: 0 },
    id: uuidOf(`certificate ${destruction}`),
    keyLocations: ['key-store'],
    keys: [{ id: 'audio/2026-11', level: 'erasure', module: 'not-validated' }],
    log: LOG,
    method: 'cryptographic-erase',
    objects: [{ id: uuidOf('recording'), type: 'recording' }],
    people: { approvedBy: [uuidOf('officer')], performedBy: 'sweep', verifiedBy: 'sweep' },
    retention: 'audio',
    tenant: TENANT,
    times: { destroyed: timeAt(step), intended: timeAt(step - 1), verified: timeAt(step) },
    tool: { name: 'cordon', version: '0.1.0' },
    upstream: [],
    verification: { attempts: 1, method: 'open-after-erase', opened: 0 },
  };
}

/** A bundle in memory that can be damaged. */
export class MemoryBundle implements BundleReader {
  readonly files = new Map<string, Uint8Array>();

  set(file: BundleFile): void {
    this.files.set(file.path, file.bytes);
  }

  copy(): MemoryBundle {
    const copy = new MemoryBundle();
    for (const [path, bytes] of this.files) copy.files.set(path, Uint8Array.from(bytes));
    return copy;
  }

  async *list(): AsyncIterable<{ path: string; bytes: number }> {
    for (const [path, bytes] of this.files) yield { path, bytes: bytes.length };
  }

  read(path: string): Promise<Uint8Array> {
    const bytes = this.files.get(path);
    return bytes === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(bytes);
  }
}

export const ATTESTATION = { id: uuidOf('attestation'), type: 'attestation', version: 1 } as const;
export const ROUTE = { basis: ATTESTATION, pattern: 'on-prem', service: 'local-speech' } as const;
export const PERSON = { id: uuidOf('clinician'), type: 'person' } as const;

export function intentDetail(overrides: EntryHeader['detail'] = {}): EntryHeader['detail'] {
  return {
    capability: 'transcribe',
    code: 'allowed',
    decision: 'allow',
    obligations: [],
    policy: 'starter.1',
    registry: 'starter.1',
    routes: [ROUTE],
    ...overrides,
  };
}

/** The start of every sample: a tenant, a service and its attestation. */
export function beginLog(log: SampleLog): void {
  log.add({ kind: 'tenant.created', detail: { tenant: TENANT } });
  log.add({ kind: 'service.recorded', detail: { service: 'local-speech', version: 1 } });
  log.add({
    kind: 'attestation.recorded',
    detail: { effective: timeAt(0), expires: null, id: ATTESTATION.id, services: ['local-speech'], version: 1 },
  });
}

/** One call: intent and outcome. */
export function addCall(log: SampleLog, name: string): void {
  const body = log.sealNext(`request ${name}`);
  const intent = log.add({ kind: 'call.intent', detail: intentDetail(), body }, { patient: `p-${name}` });
  const answer = log.sealNext(`answer ${name}`);
  log.add({
    kind: 'call.outcome',
    detail: { code: 'ok', intent, service: 'local-speech', status: 'complete' },
    body: answer,
  });
}

/** A visit from consent to FHIR, a streamed call, a refused call, a destruction. */
export async function sampleVisit(log: SampleLog): Promise<void> {
  const [encounter, consent, recording, note, bundle] = ['e', 'c', 'r', 'n', 'b'].map((name) =>
    uuidOf(`${name}${log.size}`),
  ) as [string, string, string, string, string];
  const objects = [{ id: encounter, type: 'encounter' }];
  log.add({ kind: 'encounter.created', detail: { encounter }, actor: PERSON, objects }, { patient: 'Grüße' });
  log.add({ kind: 'consent.recorded', detail: { consent, encounter, method: 'verbal' }, objects });
  const audio = { channels: 2, codec: 'pcm-s16le', durationMs: 93_120, sampleRate: 16_000 };
  log.add({ kind: 'recording.received', detail: { audio, consent, encounter, recording }, objects });
  addCall(log, 'speech');
  const streamed = log.add({ kind: 'call.intent', detail: intentDetail() });
  const stream = log.streamNext(['data: {"a":1}\n\n', 'data: [DONE]\n\n']);
  log.add({
    kind: 'call.outcome',
    detail: { code: 'ok', intent: streamed, service: 'local-speech', status: 'complete' },
    stream,
  });
  const refused = log.add({
    kind: 'call.intent',
    detail: intentDetail({ code: 'agreement_missing', decision: 'refuse', routes: [] }),
  });
  log.add({
    kind: 'call.outcome',
    detail: { code: 'agreement_missing', intent: refused, service: null, status: 'refused' },
  });
  log.add({ kind: 'note.signed', detail: { encounter, note, version: 2 }, actor: PERSON });
  log.add({ kind: 'fhir.built', detail: { bundle, note, version: 2 } });
  log.add({ kind: 'fhir.sent', detail: { bundle, destination: 'ehr', note, version: 2 } });
  log.add({ kind: 'fhir.confirmed', detail: { bundle, destination: 'ehr' } });
  await log.destroy([{ from: 3, to: 4 }]);
}
