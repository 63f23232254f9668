// `cordon scribe FILE`: from a recording to a draft note whose every sentence cites the moment it came from.
import { CONSENT_MANNERS, ScribeResult, TEMPLATES } from '@cordon/contract';
import { type Command, Option } from 'commander';
import { declare } from '#command.ts';
import { consentOf } from '#commands/consent.ts';
import { apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { readableFile } from '#home/files.ts';
import { omissions, sections } from '#show/draft.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { type ConsentManner, runVisit, type Template, type Visit } from '#visit/visit.ts';

interface ScribeOptions {
  readonly template: Template;
  readonly consent?: ConsentManner;
  readonly consentBy?: string;
  readonly patient?: string;
  readonly speakers?: string;
}

export function addScribe(program: Command, context: Context): void {
  declare(program, 'scribe <file>', 'draft a note from a recording, every sentence with its source', [
    'scribe visit.wav --template soap --consent verbal --consent-by "the patient"',
    'scribe visit.wav --consent written --speakers clinician,patient',
    'scribe dictation.wav --template progress --consent dictation --json',
  ])
    .addOption(new Option('--template <template>', 'template of the note').choices([...TEMPLATES]).default('soap'))
    .addOption(new Option('--consent <manner>', 'how consent to record was given').choices([...CONSENT_MANNERS]))
    .option('--consent-by <name>', 'who gave it; kept sealed')
    .option('--speakers <labels>', 'who speaks on which channel, in order: clinician,patient')
    .option('--patient <reference>', 'the record system’s opaque reference; one is made up without it')
    .action((file: string, options: ScribeOptions) => scribe(file, options, context));
}

async function scribe(file: string, options: ScribeOptions, context: Context): Promise<void> {
  await readableFile(file);
  const given = await consentOf(options, context.terminal);
  const { template, patient = null } = options;
  const speakers = options.speakers?.split(',').map((label) => label.trim()) ?? null;
  const visit = await withServer(context, (server) =>
    runVisit(context, server, apiOf(server.url, server.apiKey), {
      file,
      template,
      ...given,
      patient,
      speakers,
      demo: false,
    }),
  );
  if (context.terminal.json) context.terminal.document(scribeResult(visit));
  else context.terminal.print(shown(visit, context.terminal));
}

function scribeResult({ encounterId, transcript, draft, ledger }: Visit): ScribeResult {
  return ScribeResult.parse({
    encounterId,
    transcriptId: transcript.id,
    draft: {
      sections: draft.sections.map(({ title, loinc, sentences }) => ({
        title,
        ...(loinc === undefined ? {} : { loinc }),
        sentences: sentences.map(({ id, text, source, verdict, citations }) => ({
          id,
          text,
          source,
          verdict,
          citations: citations.map(({ start, end, quote }) => ({ start, end, quote })),
        })),
      })),
    },
    omissions: draft.omissions,
    ledger,
  });
}

function shown({ encounterId, draft, ledger }: Visit, terminal: Terminal): string {
  return [
    sections(draft.sections, terminal),
    omissions(draft.omissions, terminal),
    terminal.style('dim', `  encounter ${encounterId}\n  draft     ${draft.id}, entry ${ledger.index} of the ledger`),
    `  Review it: npx cordon review open ${draft.id}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
