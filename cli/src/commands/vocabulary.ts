// `cordon vocabulary …`: the words of the house that help recognition.
import { createReadStream } from 'node:fs';
import { VOCABULARY_FORMATS, VocabularyChange } from '@cordon/contract';
import { type CordonError, problemOf, type Schemas } from '@cordon/sdk';
import { type Command, Option } from 'commander';
import { declare, declareGroup, wholeNumber } from '#command.ts';
import { answered, answeredWithTag, apiOf, isRefusal } from '#connection/api.ts';
import { type Server, withServer } from '#connection/connect.ts';
import { upload } from '#connection/upload.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { choose } from '#terminal/ask.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { withStage } from '#visit/visit.ts';

type Format = (typeof VOCABULARY_FORMATS)[number];

interface ImportOptions {
  readonly format: Format;
  readonly replace?: true;
}

const TERM_CELLS = 32;
const KIND_CELLS = 10;

export function addVocabulary(program: Command, context: Context): void {
  const group = declareGroup(program, 'vocabulary', 'show, import and clear the words that help recognition');
  declare(group, 'show', 'list the terms', ['vocabulary show', 'vocabulary show --version-number 3 --json'])
    .option('--version-number <n>', 'an earlier version; the newest without it', wholeNumber(1))
    .action(({ versionNumber }: { readonly versionNumber?: number }) => show(context, versionNumber));
  declare(group, 'import', 'import terms from a file: all of them or, with every bad line named, none', [
    'vocabulary import terms.csv',
    'vocabulary import RXNCONSO.RRF --format rxnorm',
  ])
    .argument('<file>', 'CSV with a header (term,spoken,kind,weight), or RXNCONSO.RRF')
    .addOption(new Option('--format <format>', 'form of the file').choices(VOCABULARY_FORMATS).default('csv'))
    .option('--replace', 'the file becomes the whole vocabulary; without it its terms are added')
    .action((file: string, options: ImportOptions) => bringIn(context, file, options));
  declare(group, 'clear', 'empty the vocabulary; earlier versions stay readable', ['vocabulary clear --yes'])
    .option('--yes', 'do it without asking')
    .action(({ yes }: { readonly yes?: true }) => clear(context, yes === true));
}

async function show(context: Context, version: number | undefined): Promise<void> {
  const { terminal } = context;
  const query = version === undefined ? {} : { version };
  const vocabulary = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/vocabulary', { params: { query } })),
  );
  if (terminal.json) {
    terminal.document(vocabulary);
    return;
  }
  terminal.print(`  version ${vocabulary.version}, ${vocabulary.terms.length} terms`);
  for (const term of vocabulary.terms) terminal.print(line(term, terminal));
}

function line({ term, kind, spoken, weight }: Schemas['VocabularyTerm'], terminal: Terminal): string {
  const said = [...(spoken ?? []), ...(weight === undefined ? [] : [`× ${weight}`])].join(', ');
  const words = `  ${term.padEnd(TERM_CELLS)} ${kind.padEnd(KIND_CELLS)} ${terminal.style('dim', printable(said))}`;
  return words.trimEnd();
}

async function bringIn(context: Context, file: string, { format, replace }: ImportOptions): Promise<void> {
  const bytes = await readableFile(file);
  const changed = await withServer(context, (server) =>
    withStage(context, 'Importing terms', async (stage) => {
      const { url, apiKey } = server;
      const address = new URL('/api/vocabulary/import', url);
      address.searchParams.set('format', format);
      address.searchParams.set('mode', replace === true ? 'replace' : 'add');
      const { status, headers, text } = await upload({
        url: address,
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': format === 'csv' ? 'text/csv' : 'application/octet-stream',
          'if-match': await currentTag(server),
        },
        body: createReadStream(file),
        bytes,
        onSent: (sent) => stage.update(bytes === 0 ? null : sent / bytes),
        signal: context.signal,
      });
      if (status !== 200) throw refusalOf(problemOf(new Response(null, { status, headers }), parsed(text)));
      const result = VocabularyChange.parse(parsed(text));
      return { result, said: `${result.terms} terms` };
    }),
  );
  tell(context, changed);
}

async function clear(context: Context, sure: boolean): Promise<void> {
  const { terminal } = context;
  if (!sure) {
    if (!terminal.interactive) throw new Refusal('usage', 'without a terminal to ask at, --yes is needed');
    if ((await choose('Empty the vocabulary?', ['no', 'yes'])) !== 'yes') return;
  }
  const changed = await withServer(context, async (server) => {
    const header = { 'if-match': await currentTag(server) };
    return answered(apiOf(server.url, server.apiKey).DELETE('/api/vocabulary', { params: { header } }));
  });
  tell(context, changed);
}

/** Every bad line on a line of its own: there may be a hundred. */
function refusalOf(error: CordonError): CordonError | Refusal {
  const { lines, faults } = error.details;
  if (!isRefusal(error, 'vocabulary_invalid') || !Array.isArray(lines)) return error;
  const more = typeof faults === 'number' && faults > lines.length ? [`and ${faults - lines.length} more`] : [];
  return new Refusal('vocabulary_invalid', ...lines.map((line) => `line ${String(line)}`), ...more);
}

function tell({ terminal }: Context, changed: VocabularyChange): void {
  if (terminal.json) terminal.document(changed);
  else {
    const skipped = changed.skipped === 0 ? '' : `; ${changed.skipped} lines of other kinds skipped`;
    terminal.print(`  version ${changed.version}, ${changed.terms} terms${skipped}`);
  }
}

async function currentTag({ url, apiKey }: Server): Promise<string> {
  return (await answeredWithTag(apiOf(url, apiKey).GET('/api/vocabulary'))).etag;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
