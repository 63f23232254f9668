// `cordon review …`: a person reads a draft, resolves what is flagged, and signs exactly the version that was seen.
import { NOTE_STATES, type ReviewAction } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { Argument, type Command, Option } from 'commander';
import { declare, declareGroup, idArgument } from '#command.ts';
import { addNoteCommands } from '#commands/review-note.ts';
import { answered, answeredWithTag, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asPerson, type PersonApi, signOut } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { noteBlock } from '#show/note.ts';

type Note = Schemas['Note'];
type NoteState = (typeof NOTE_STATES)[number];

export function addReview(program: Command, context: Context): void {
  const group = declareGroup(program, 'review', 'review a draft as a person: resolve, sign, take out');
  addReading(group, context);
  addActions(group, context);
  addNoteCommands(group, context);
  declare(group, 'sign-out', 'end the session that review commands keep', ['review sign-out']).action(() =>
    leave(context),
  );
}

function addReading(group: Command, context: Context): void {
  declare(group, 'open', 'open the review of a draft; again gives the same note', ['review open 0198…'])
    .addArgument(idArgument('draft'))
    .action((draft: string) =>
      asNote(context, ({ api }) => answered(api.POST('/api/drafts/{id}/review', { params: { path: { id: draft } } }))),
    );
  declare(group, 'list', 'list notes', ['review list --state in_review'])
    .addOption(new Option('--state <state>', 'only those in this state').choices([...NOTE_STATES]))
    .action(({ state }: { readonly state?: NoteState }) => list(context, state));
  declare(group, 'show', 'show a note with its sources, verdicts and what is open', ['review show 0198…'])
    .addArgument(idArgument('note'))
    .action((id: string) =>
      asNote(context, ({ api }) => answered(api.GET('/api/notes/{id}', { params: { path: { id } } }))),
    );
  declare(group, 'state', 'show the state of a note and its versions', ['review state 0198… --json'])
    .addArgument(idArgument('note'))
    .action((id: string) => state(context, id));
}

interface Texts {
  readonly text: string;
  readonly reason?: string;
}

function addActions(group: Command, context: Context): void {
  const sentences = (): Argument => new Argument('<sentences...>', 'ids of sentences, as shown');
  declare(group, 'accept', 'accept sentences as they stand', [
    'review accept 0198… s4 s7',
    'review accept 0198… s9 --statement "Heard it myself."',
  ])
    .addArgument(idArgument('note'))
    .addArgument(sentences())
    .option('--statement <text>', 'your own word for a sentence that its source does not bear out')
    .action((id: string, list: readonly string[], { statement }: { readonly statement?: string }) =>
      act(
        context,
        id,
        list.map((sentence) => ({ kind: 'accept', sentence, ...(statement === undefined ? {} : { statement }) })),
      ),
    );
  declare(group, 'edit', 'replace the text of a sentence', ['review edit 0198… s4 --text "Lisinopril 10 mg daily."'])
    .addArgument(idArgument('note'))
    .argument('<sentence>', 'id of the sentence')
    .requiredOption('--text <text>', 'the new text')
    .option('--reason <text>', 'why')
    .action((id: string, sentence: string, { text, reason }: Texts) =>
      act(context, id, [{ kind: 'edit', sentence, text, ...(reason === undefined ? {} : { reason }) }]),
    );
  declare(group, 'reject', 'strike sentences', [
    'review reject 0198… s4',
    'review reject 0198… s4 s5 --reason "Small talk"',
  ])
    .addArgument(idArgument('note'))
    .addArgument(sentences())
    .option('--reason <text>', 'why')
    .action((id: string, list: readonly string[], { reason }: { readonly reason?: string }) =>
      act(
        context,
        id,
        list.map((sentence) => ({ kind: 'reject', sentence, ...(reason === undefined ? {} : { reason }) })),
      ),
    );
  declare(group, 'add', 'add a sentence of your own to a section', [
    'review add 0198… plan --text "Return in two weeks."',
  ])
    .addArgument(idArgument('note'))
    .argument('<section>', 'id of the section: hpi, plan…')
    .requiredOption('--text <text>', 'the sentence')
    .option('--after <sentence>', 'put it after this sentence; at the end without it')
    .action((id: string, section: string, { text, after }: { readonly text: string; readonly after?: string }) =>
      act(context, id, [{ kind: 'add', section, text, ...(after === undefined ? {} : { after }) }]),
    );
}

/** Carries the actions out on the version that is current now; all of them or none, as one new version. */
async function act(context: Context, id: string, actions: ReviewAction[]): Promise<void> {
  await asNote(context, async ({ api }) => {
    const path = { id };
    const { etag } = await answeredWithTag(api.GET('/api/notes/{id}', { params: { path } }));
    return answered(
      api.POST('/api/notes/{id}/actions', { params: { path, header: { 'if-match': etag } }, body: { actions } }),
    );
  });
}

/** Runs `get` as a person and shows the note that it gives. */
async function asNote(context: Context, get: (person: PersonApi) => Promise<Note>): Promise<void> {
  const { terminal } = context;
  const found = await withServer(context, async (server) => get(await asPerson(context, server)));
  if (terminal.json) terminal.document(found);
  else terminal.print(noteBlock(found, terminal));
}

async function list(context: Context, state: NoteState | undefined): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, async (server) => {
    const query = state === undefined ? {} : { state };
    return answered(apiOf(server.url, server.apiKey).GET('/api/notes', { params: { query } }));
  });
  if (terminal.json) {
    terminal.document(page);
    return;
  }
  for (const { id, state: now, version, template, openSentences, updatedAt } of page.items) {
    terminal.print(
      `  ${id}  ${now.padEnd(9)}  v${version}  ${template.padEnd(8)}  ${openSentences} open  ${updatedAt}`,
    );
  }
}

async function state(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  const { found, versions } = await withServer(context, async (server) => {
    const { api } = await asPerson(context, server);
    const params = { params: { path: { id } } };
    return {
      found: await answered(api.GET('/api/notes/{id}', params)),
      versions: await answered(api.GET('/api/notes/{id}/versions', params)),
    };
  });
  const { state: now, version, versionSeen, open, signature } = found;
  if (terminal.json) {
    terminal.document({ id, state: now, version, versionSeen, open, signature, versions: versions.items });
    return;
  }
  terminal.print(`  ${now}, version ${version}, ${open.length} sentences open`);
  for (const each of versions.items)
    terminal.print(`  v${each.version}  ${each.createdAt}  ${each.state}  ${each.changes} changes`);
}

async function leave(context: Context): Promise<void> {
  const { terminal } = context;
  const ended = await withServer(context, (server) => signOut(context, server));
  if (terminal.json) terminal.document({ ended });
  else terminal.print(ended ? '  signed out' : '  no session was kept');
}
