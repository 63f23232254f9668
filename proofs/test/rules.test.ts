// Each rule of docs/formats/entry.md §4: a log that breaks it, signed and listed as it should be, and the reason that the report gives.
import { describe, expect, it } from 'vitest';

import { encodeEntry, parseEntry, toBase64, verifyBundle } from '#proofs/index.ts';
import type { EntryHeader, VerifyReport } from '#proofs/index.ts';

import {
  addCall,
  ATTESTATION,
  beginLog,
  intentDetail,
  LOG,
  PERSON,
  ROUTE,
  SampleLog,
  signerOf,
  timeAt,
  uuidOf,
} from './sample-log.ts';

async function reportOf(log: SampleLog): Promise<VerifyReport> {
  const anchors = [{ name: 'own', bytes: await log.checkpoint() }];
  return await verifyBundle(await log.bundle(), { vkeys: log.vkeys.slice(0, 1), anchors, strict: false });
}

async function reasonOf(build: (log: SampleLog) => void | Promise<void>): Promise<string | undefined> {
  const log = new SampleLog();
  beginLog(log);
  await build(log);
  return (await reportOf(log)).firstBad?.reason;
}

/** Adds an entry with members that encodeEntry's caller would never give. */
function addForged(log: SampleLog, change: Partial<EntryHeader>): void {
  const base = parseEntry(log.headers[0]!);
  const fresh = { id: uuidOf(`forged ${log.size}`), index: log.size, time: timeAt(log.size) };
  log.addBytes(encodeEntry({ ...base, ...fresh, ...change }));
}

const complete = (intent: string, more: EntryHeader['detail'] = {}): EntryHeader['detail'] => ({
  code: 'ok',
  intent,
  service: 'local-speech',
  status: 'complete',
  ...more,
});
const [encounter, consent, recording, note, bundle] = ['e', 'c', 'r', 'n', 'b'].map(uuidOf) as [
  string,
  string,
  string,
  string,
  string,
];
const audio = { channels: 1, codec: 'pcm', durationMs: 1, sampleRate: 8000 };

describe('sequence', () => {
  it('has no hole and no repetition', async () => {
    expect(await reasonOf((log) => addForged(log, { index: log.size + 1 }))).toBe('index_out_of_sequence');
    expect(await reasonOf((log) => addForged(log, { index: 0 }))).toBe('index_out_of_sequence');
    expect(await reasonOf((log) => addForged(log, { id: parseEntry(log.headers[1]!).id }))).toBe('id_repeated');
  });

  it('belongs to one log, one epoch and goes forward in time', async () => {
    expect(await reasonOf((log) => addForged(log, { log: LOG.replace(/aa$/, 'bb') }))).toBe('wrong_log');
    expect(await reasonOf((log) => addForged(log, { epoch: 1 }))).toBe('epoch_out_of_sequence');
    expect(await reasonOf((log) => addForged(log, { time: timeAt(log.size - 2) }))).toBe('time_goes_back');
    expect(await reasonOf((log) => addForged(log, { time: timeAt(log.size + 400) }))).toBe('time_after_export');
    expect(await reasonOf((log) => addForged(log, { time: timeAt(log.size - 1) }))).toBeUndefined();
  });

  it('holds only kinds that the verifier knows', async () => {
    const reason = await reasonOf((log) => {
      const text = Buffer.from(log.headers[0]!).toString().replace('tenant.created', 'tenant.creased');
      log.addBytes(Buffer.from(text.replace('"index":0', `"index":${log.size}`)));
    });
    expect(reason).toBe('kind_unknown');
  });
});

describe('calls', () => {
  it('have exactly one outcome, and it comes after', async () => {
    expect(await reasonOf((log) => void log.add({ kind: 'call.outcome', detail: complete(uuidOf('nobody')) }))).toBe(
      'outcome_without_intent',
    );
    expect(
      await reasonOf((log) => void log.add({ kind: 'call.outcome', detail: complete(parseEntry(log.headers[0]!).id) })),
    ).toBe('outcome_without_intent');
    const twice = await reasonOf((log) => {
      const intent = log.add({ kind: 'call.intent', detail: intentDetail() });
      log.add({ kind: 'call.outcome', detail: complete(intent) });
      log.add({ kind: 'call.outcome', detail: complete(intent) });
    });
    expect(twice).toBe('second_outcome');
  });

  it('go where the decision said', async () => {
    const outcome = (intent: EntryHeader['detail'], more: EntryHeader['detail']) =>
      reasonOf((log) => {
        const id = log.add({ kind: 'call.intent', detail: intentDetail(intent) });
        log.add({ kind: 'call.outcome', detail: complete(id, more) });
      });
    const refused = { code: 'agreement_missing', decision: 'refuse', routes: [] };
    expect(await outcome({}, { service: 'local-speech-2' })).toBe('outcome_not_as_decided');
    expect(await outcome({}, { service: null, status: 'failed' })).toBeUndefined();
    expect(await outcome(refused, { service: null, status: 'refused' })).toBeUndefined();
    expect(await outcome(refused, { service: null })).toBe('outcome_not_as_decided');
    expect(await outcome(refused, { status: 'refused' })).toBe('outcome_not_as_decided');
    expect(await outcome({ routes: [] }, { service: null })).toBe('outcome_not_as_decided');
    expect(await outcome({ decision: 'refuse' }, { service: null, status: 'refused' })).toBe('outcome_not_as_decided');
  });

  it('carry streams in outcomes only, and then no body', async () => {
    const stream = { bytes: 72, digest: '0'.repeat(64), frames: 0, id: uuidOf('s') };
    expect(await reasonOf((log) => addForged(log, { stream }))).toBe('stream_misplaced');
    const both = await reasonOf((log) => {
      const intent = log.add({ kind: 'call.intent', detail: intentDetail() });
      log.add({ kind: 'call.outcome', detail: complete(intent), stream, body: { bytes: 1, digest: '0'.repeat(64) } });
    });
    expect(both).toBe('stream_misplaced');
  });

  it('are warned of when they stay open for more than a day', async () => {
    const log = new SampleLog();
    beginLog(log);
    log.add({ kind: 'call.intent', detail: intentDetail() });
    addCall(log, 'soon after');
    expect(await reportOf(log)).toMatchObject({ result: 'verified', warnings: [] });
    const days = 2 * 86_400;
    addForged(log, { time: timeAt(days) });
    const bytes = await log.checkpoint();
    const open = await verifyBundle(await log.bundle({ exportedStep: days }), {
      vkeys: log.vkeys,
      anchors: [{ name: 'own', bytes }],
      strict: false,
    });
    expect(open).toMatchObject({
      result: 'verified',
      warnings: ['1 calls have had no outcome for more than 24 hours'],
    });
  });
});

describe('disclosure', () => {
  const call = (log: SampleLog, detail: EntryHeader['detail'] = {}, step = log.size) =>
    log.add({ kind: 'call.intent', detail: intentDetail(detail), time: timeAt(step) });
  const terms = (more: EntryHeader['detail']): EntryHeader['detail'] => ({
    effective: timeAt(0),
    expires: null,
    id: ATTESTATION.id,
    services: ['local-speech'],
    version: 2,
    ...more,
  });
  const routeOn = (basis: EntryHeader['detail']) => ({ routes: [{ ...ROUTE, basis: { ...ATTESTATION, ...basis } }] });

  it('needs a record of that id, version and type that names the service', async () => {
    expect(await reasonOf((log) => void call(log))).toBeUndefined();
    expect(await reasonOf((log) => void call(log, routeOn({ version: 2 })))).toBe('no_agreement_in_force');
    expect(await reasonOf((log) => void call(log, routeOn({ id: uuidOf('?') })))).toBe('no_agreement_in_force');
    expect(await reasonOf((log) => void call(log, routeOn({ type: 'agreement' })))).toBe('no_agreement_in_force');
    expect(await reasonOf((log) => void call(log, { routes: [{ ...ROUTE, service: 'other' }] }))).toBe(
      'no_agreement_in_force',
    );
    const second = { ...ROUTE, basis: { ...ATTESTATION, id: uuidOf('?') } };
    expect(await reasonOf((log) => void call(log, { routes: [ROUTE, second] }))).toBe('no_agreement_in_force');
  });

  it('lies within the window of the record', async () => {
    const windowed = (more: EntryHeader['detail']) =>
      reasonOf((log) => {
        log.add({ kind: 'attestation.recorded', detail: terms(more) });
        call(log, routeOn({ version: 2 }));
      });
    expect(await windowed({ effective: timeAt(4), expires: timeAt(5) })).toBeUndefined();
    expect(await windowed({ effective: timeAt(5) })).toBe('no_agreement_in_force');
    expect(await windowed({ expires: timeAt(4) })).toBe('no_agreement_in_force');
  });

  it('may follow an end or a new version by a minute, not more', async () => {
    for (const kind of ['attestation.ended', 'attestation.recorded'] as const) {
      const after = (seconds: number) =>
        reasonOf((log) => {
          call(log);
          const at = log.size;
          const detail = kind === 'attestation.ended' ? { id: ATTESTATION.id, reason: 'over' } : terms({});
          log.add({ kind, detail });
          call(log, {}, at + seconds);
        });
      expect(await after(59)).toBeUndefined();
      expect(await after(60)).toBe('no_agreement_in_force');
    }
  });

  it('outside of calls follows the same rule when it rests on an agreement', async () => {
    const disclose = (detail: EntryHeader['detail']) =>
      reasonOf(
        (log) =>
          void log.add({
            kind: 'disclosure.made',
            detail: { purpose: 'treatment', recipient: 'local-speech', ...detail },
          }),
      );
    expect(await disclose({ basis: null })).toBeUndefined();
    expect(await disclose({ basis: ATTESTATION })).toBeUndefined();
    expect(await disclose({ basis: ATTESTATION, recipient: 'someone' })).toBe('no_agreement_in_force');
    expect(await disclose({ basis: { ...ATTESTATION, version: 9 } })).toBe('no_agreement_in_force');
  });
});

describe('the record', () => {
  const sign = (log: SampleLog, version = 1, actor: EntryHeader['actor'] = PERSON) =>
    log.add({ kind: 'note.signed', detail: { encounter, note, version }, actor });

  it('is signed by persons', async () => {
    expect(await reasonOf((log) => void sign(log))).toBeUndefined();
    expect(await reasonOf((log) => void sign(log, 1, { id: 'k', type: 'key' }))).toBe('signed_by_no_person');
    expect(await reasonOf((log) => void sign(log, 1, { id: 's', type: 'system' }))).toBe('signed_by_no_person');
  });

  it('reaches no EHR before sign-off of that version', async () => {
    const build = (version: number) => ({ kind: 'fhir.built' as const, detail: { bundle, note, version } });
    const send = { kind: 'fhir.sent' as const, detail: { bundle, destination: 'ehr', note, version: 1 } };
    expect(await reasonOf((log) => void log.add(build(1)))).toBe('ehr_write_without_sign_off');
    expect(await reasonOf((log) => void log.add(send))).toBe('ehr_write_without_sign_off');
    expect(await reasonOf((log) => void [sign(log), log.add(build(2))])).toBe('ehr_write_without_sign_off');
    expect(await reasonOf((log) => void [sign(log), log.add(send)])).toBe('fhir_out_of_order');
    expect(await reasonOf((log) => void [sign(log), log.add(build(1)), log.add(send)])).toBeUndefined();
    const confirm = { kind: 'fhir.confirmed' as const, detail: { bundle, destination: 'ehr' } };
    expect(await reasonOf((log) => void [sign(log), log.add(build(1)), log.add(confirm)])).toBe('fhir_out_of_order');
  });

  it('takes audio under a consent that stands', async () => {
    const give = { kind: 'consent.recorded' as const, detail: { consent, encounter, method: 'verbal' } };
    const take = { kind: 'recording.received' as const, detail: { audio, consent, encounter, recording } };
    const withdraw = { kind: 'consent.withdrawn' as const, detail: { consent, encounter } };
    expect(await reasonOf((log) => void [log.add(give), log.add(take)])).toBeUndefined();
    expect(await reasonOf((log) => void log.add(take))).toBe('recording_without_consent');
    const elsewhere = { ...give, detail: { ...give.detail, encounter: uuidOf('another') } };
    expect(await reasonOf((log) => void [log.add(elsewhere), log.add(take)])).toBe('recording_without_consent');
    const late = await reasonOf(
      (log) => void [log.add(give), log.add(withdraw), log.add({ ...take, time: timeAt(log.size + 61) })],
    );
    expect(late).toBe('recording_without_consent');
  });
});

describe('destruction', () => {
  it('is intended, done, completed, each with its certificate', async () => {
    const done = { certificate: uuidOf('x'), destruction: uuidOf('d'), statement: '0'.repeat(64), status: 'complete' };
    expect(await reasonOf((log) => void log.add({ kind: 'destruction.done', detail: done }))).toBe(
      'destruction_out_of_order',
    );
    const completed = { certificate: uuidOf('x'), destruction: uuidOf('d'), statement: '0'.repeat(64) };
    expect(await reasonOf((log) => void log.add({ kind: 'destruction.completed', detail: completed }))).toBe(
      'destruction_out_of_order',
    );
    const missing = await reasonOf((log) => {
      log.add({ kind: 'destruction.intended', detail: { basis: 'rule', destruction: uuidOf('d') } });
      log.add({ kind: 'destruction.done', detail: done });
    });
    expect(missing).toBe('certificate_missing');
    expect(await reasonOf((log) => log.destroy([]))).toBeUndefined();
  });

  it('has a certificate that says what the entry says', async () => {
    const other = await reasonOf(async (log) => {
      await log.destroy([]);
      const stranger = new SampleLog();
      beginLog(stranger);
      await stranger.destroy([{ from: 0, to: 1 }]);
      log.certificates[0] = { id: log.certificates[0]!.id, bytes: stranger.certificates[0]!.bytes };
    });
    expect(other).toBe('certificate_differs');
    const unclaimed = await reasonOf(async (log) => {
      await log.destroy([]);
      log.certificates.push({ id: uuidOf('more'), bytes: log.certificates[0]!.bytes });
    });
    expect(unclaimed).toBe('certificate_unclaimed');
  });
});

describe('the log itself', () => {
  it('changes its key only with both signatures', async () => {
    expect(await reasonOf((log) => log.changeKey(signerOf('second')))).toBeUndefined();
    const forged = async (log: SampleLog, swap: boolean) => {
      const thief = signerOf('thief');
      const stolen = new SampleLog(swap ? signerOf('first') : thief);
      beginLog(stolen);
      await stolen.changeKey(thief);
      const { detail } = parseEntry(stolen.headers.at(-1)!);
      const old = swap ? { oldSignature: detail['newSignature'] ?? '' } : { old: log.vkeys[0]! };
      log.add({ kind: 'log.key-changed', detail: { ...detail, ...old } });
      log.signer = thief;
      log.vkeys.push(thief.vkey);
    };
    expect(await reasonOf((log) => forged(log, true))).toBe('key_change_invalid');
    expect(await reasonOf((log) => forged(log, false))).toBe('key_change_invalid');
    const silent = await reasonOf((log) => {
      log.signer = signerOf('second');
      log.vkeys.push(log.signer.vkey);
    });
    expect(silent).toBe('vkeys_differ');
  });

  it('is reopened only as what was lost says', async () => {
    const lost = new SampleLog();
    beginLog(lost);
    addCall(lost, 'lost');
    const newest = await lost.checkpoint();
    const reopen = (change: EntryHeader['detail'], epoch = 1) =>
      reasonOf((log) => {
        log.epoch = epoch;
        const people = [uuidOf('one'), uuidOf('two')];
        const range = { from: log.size, to: lost.size - 1 };
        const detail = { checkpoint: toBase64(newest), held: log.size, lost: range, people, ...change };
        log.add({ kind: 'ledger.reopened', detail });
      });
    expect(await reopen({})).toBeUndefined();
    expect(await reopen({ held: 2 })).toBe('reopening_invalid');
    expect(await reopen({ lost: { from: 3, to: 9 } })).toBe('reopening_invalid');
    expect(await reopen({ people: [uuidOf('one'), uuidOf('one')] })).toBe('reopening_invalid');
    expect(await reopen({ people: [uuidOf('one')] })).toBe('reopening_invalid');
    expect(await reopen({ checkpoint: 'AAAA' })).toBe('reopening_invalid');
    expect(await reopen({}, 2)).toBe('reopening_invalid');
    expect(await reopen({}, 0)).toBe('epoch_out_of_sequence');
    const stranger = new SampleLog(signerOf('stranger'));
    beginLog(stranger);
    addCall(stranger, 'x');
    expect(await reopen({ checkpoint: toBase64(await stranger.checkpoint()) })).toBe('reopening_invalid');
  });

  it('may refer into a declared gap, with a warning', async () => {
    const lost = new SampleLog();
    beginLog(lost);
    const intent = lost.add({ kind: 'call.intent', detail: intentDetail() });
    const log = new SampleLog();
    beginLog(log);
    log.reopen(await lost.checkpoint(), lost.size);
    log.add({ kind: 'call.outcome', detail: complete(intent, { status: 'interrupted' }) });
    expect(await reportOf(log)).toMatchObject({
      result: 'verified',
      gaps: [{ epoch: 0, from: 3, to: 3 }],
      warnings: ['1 references may lead into a declared gap'],
    });
  });
});
