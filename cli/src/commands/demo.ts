// `cordon demo [FILE]`: the whole main job before one's eyes. Its notes are watermarked and can never be filed.
import { CONSENT_MANNERS, TEMPLATES } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { type Command, Option } from 'commander';
import { declare } from '#command.ts';
import { answered, answeredWithTag, type Api, apiOf } from '#connection/api.ts';
import { type Server, withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { proveDemo, type ProvenDemo } from '#demo/prove.ts';
import { sampleVisit } from '#demo/sample.ts';
import { takeFhir, type TakenBundle } from '#demo/fhir.ts';
import { consentOf, type GivenConsent } from '#commands/consent.ts';
import { readableFile } from '#home/files.ts';
import { omissions, sections } from '#show/draft.ts';
import { noteBlock, signedBlock } from '#show/note.ts';
import { transcriptBlock } from '#show/transcript.ts';
import { ask } from '#terminal/ask.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { type ConsentManner, runVisit, type Template, type Visit, type VisitWish, withStage } from '#visit/visit.ts';

type Note = Schemas['Note'];

interface DemoOptions {
  readonly template: Template;
  readonly consent?: ConsentManner;
  readonly consentBy?: string;
  readonly sign?: true;
}

interface DemoRun {
  readonly visit: Visit;
  readonly note: Note;
  readonly fhir: TakenBundle | null;
  readonly proven: ProvenDemo;
}

const TURNS_SHOWN = 12;

export function addDemo(program: Command, context: Context): void {
  declare(program, 'demo [file]', 'take a recording through the whole job; without a file, the sample visit', [
    'demo',
    'demo --sign',
    'demo visit.wav --consent verbal --template progress',
  ])
    .addOption(new Option('--template <template>', 'template of the note').choices([...TEMPLATES]).default('soap'))
    .addOption(new Option('--consent <manner>', 'how consent to record was given').choices([...CONSENT_MANNERS]))
    .option('--consent-by <name>', 'who gave it; kept sealed')
    .option('--sign', 'sign the demonstration note as the administrator, without asking')
    .action((file: string | undefined, options: DemoOptions) => demo(file, options, context));
}

async function demo(given: string | undefined, options: DemoOptions, context: Context): Promise<void> {
  const { terminal } = context;
  const { template } = options;
  const sample = given === undefined ? await sampleVisit(context.env.checkout) : null;
  const file = given ?? sample?.file ?? '';
  await readableFile(file);
  const consent: GivenConsent =
    given === undefined ? { consent: 'verbal', consentBy: 'voices of the script' } : await consentOf(options, terminal);
  const title = printable(given ?? 'the sample visit: two voices from a script, no patient');
  if (!terminal.json) terminal.remark(`\n  ${terminal.style('bold', 'Cordon')}  ${title}\n`);
  const run = await withServer(context, (server) =>
    walk(context, server, { ...consent, template, file, speakers: sample?.speakers ?? null }, options.sign === true),
  );
  if (terminal.json) terminal.document(summary(run));
  else terminal.print(closing(run, terminal));
}

/** Recording → transcript → draft → review → signature → FHIR → proof, each shown as it comes. */
async function walk(
  context: Context,
  server: Server,
  wish: Omit<VisitWish, 'patient' | 'demo'>,
  sign: boolean,
): Promise<DemoRun> {
  const { terminal } = context;
  const api = apiOf(server.url, server.apiKey);
  const visit = await runVisit(context, server, api, { ...wish, patient: null, demo: true });
  if (!terminal.json) terminal.print(shownVisit(visit, terminal));
  const person = await asFreshPerson(context, server);
  const opened = await answered(
    person.api.POST('/api/drafts/{id}/review', { params: { path: { id: visit.draft.id } } }),
  );
  const wanted = sign || (await wantsToSign(opened, terminal));
  const note = wanted ? await reviewAndSign(context, person.api, opened) : opened;
  if (!terminal.json)
    terminal.print(`\n${note.signature === null ? noteBlock(note, terminal) : signedBlock(note, terminal)}\n`);
  const fhir = note.signature === null ? null : await takeFhir(context, person.api, note.id);
  const what = note.signature === null ? 'Proof of the draft' : 'Proof of the signature';
  const proven = await proveDemo(context, server, api, what, note.signature?.receipt.index ?? visit.ledger.index);
  return { visit, note, fhir, proven };
}

function shownVisit({ transcript, draft }: Visit, terminal: Terminal): string {
  const title = (text: string): string => `\n  ${terminal.style('underline', text)}\n`;
  return [
    title('What was said'),
    transcriptBlock(transcript, terminal, TURNS_SHOWN),
    title('The draft: each sentence with the words it rests on'),
    sections(draft.sections, terminal),
    draft.omissions.length === 0 ? '' : `\n${omissions(draft.omissions, terminal)}`,
    '',
  ].join('\n');
}

async function wantsToSign(note: Note, terminal: Terminal): Promise<boolean> {
  if (!terminal.interactive) return false;
  terminal.remark(
    `  ${note.open.length} flagged sentences are open. Signing the demonstration strikes what its source does not bear out.`,
  );
  return (await ask('  Sign it as the administrator? (y/N) '))?.toLowerCase().startsWith('y') ?? false;
}

/** A demonstration cannot vouch for what nobody heard: it accepts what is only weakly supported and strikes the rest. */
async function reviewAndSign(context: Context, api: Api, opened: Note): Promise<Note> {
  return withStage(context, 'Reviewing and signing', async () => {
    const path = { id: opened.id };
    const verdicts = new Map(
      opened.sections.flatMap(({ sentences }) => sentences.map(({ id, verdict }) => [id, verdict])),
    );
    const actions = opened.open.map((sentence) =>
      verdicts.get(sentence) === 'weak'
        ? ({ kind: 'accept', sentence } as const)
        : ({ kind: 'reject', sentence } as const),
    );
    const { body: seen, etag } = await answeredWithTag(api.GET('/api/notes/{id}', { params: { path } }));
    const ready =
      actions.length === 0
        ? seen
        : await answered(
            api.POST('/api/notes/{id}/actions', { params: { path, header: { 'if-match': etag } }, body: { actions } }),
          );
    const body = { versionSeen: ready.versionSeen, attestation: ready.attestationText };
    const signed = await answered(api.POST('/api/notes/{id}/sign', { params: { path }, body }));
    return { result: signed, said: `by ${signed.signature?.signer ?? ''}, exactly version ${ready.version}` };
  });
}

function summary({ visit, note, fhir, proven }: DemoRun): unknown {
  return {
    encounterId: visit.encounterId,
    transcriptId: visit.transcript.id,
    draftId: visit.draft.id,
    noteId: note.id,
    state: note.state,
    sentences: visit.draft.sections.flatMap((section) => section.sentences).length,
    fhir,
    ledger: {
      index: proven.index,
      treeSize: proven.treeSize,
      checkpoint: proven.checkpoint,
      verified: proven.verified,
    },
  };
}

function closing({ note, proven }: DemoRun, terminal: Terminal): string {
  const next =
    note.signature === null
      ? `review it: npx cordon review show ${note.id}`
      : `read it again: npx cordon review show ${note.id}`;
  return [
    '',
    `  ${terminal.style('green', '✓')} ${terminal.style('bold', 'Done.')} Every step is one of ${proven.treeSize} entries, and the ledger that holds them verifies.`,
    '',
    `    ${next}`,
    `    see what was recorded: npx cordon ledger tail`,
    `    take the proof away: npx cordon ledger export --out bundle && npx cordon verify bundle`,
    '',
  ].join('\n');
}
