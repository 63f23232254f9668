// `cordon policy simulate | replay`: past decisions made again, under another policy or registry, or under their own.
import type { ReplayEvent, SimulationEvent } from '@cordon/contract';
import { type CordonClientOptions, replayPolicy, simulatePolicy } from '@cordon/sdk';
import type { Command } from 'commander';
import { collected, declare, wholeNumber } from '#command.ts';
import { type Server, withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readPolicyFile } from '#policy/file.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { withStage } from '#visit/visit.ts';

interface WindowOptions {
  readonly from?: string;
  readonly to?: string;
}

interface SimulateOptions extends WindowOptions {
  readonly policyVersion?: number;
  readonly at?: string;
  readonly endAgreement?: readonly string[];
  readonly disableService?: readonly string[];
}

type Simulated = Extract<SimulationEvent, { state: 'done' }>;
type Replayed = Extract<ReplayEvent, { state: 'done' }>;

export function addPast(group: Command, context: Context): void {
  declare(group, 'simulate', 'count what past decisions would be under another policy or registry', [
    'policy simulate policy.yaml --from 2026-11-01T00:00:00Z',
    'policy simulate --end-agreement baa-1',
    'policy simulate --at 2027-03-01T00:00:00Z',
  ])
    .argument('[file]', 'a policy in YAML; the live one without it')
    .option('--policy-version <n>', 'a recorded version instead of a file', wholeNumber(1))
    .option('--from <time>', 'first moment of the window (RFC 3339)')
    .option('--to <time>', 'end of the window')
    .option('--at <time>', 'the moment that agreements are judged at; each call’s own without it')
    .option('--end-agreement <id>', 'as if this agreement had been terminated; give it once per agreement', collected)
    .option('--disable-service <id>', 'as if this service were disabled; give it once per service', collected)
    .action((file: string | undefined, options: SimulateOptions) => simulate(context, file, options));
  declare(
    group,
    'replay',
    'make past decisions again from their recorded versions; fails when one comes out otherwise',
    ['policy replay', 'policy replay --from 2026-11-01T00:00:00Z --json'],
  )
    .option('--from <time>', 'first moment of the window (RFC 3339)')
    .option('--to <time>', 'end of the window')
    .action((options: WindowOptions) => replay(context, options));
}

async function simulate(context: Context, file: string | undefined, options: SimulateOptions): Promise<void> {
  const { from, to, at, policyVersion, endAgreement = [], disableService = [] } = options;
  const policy = file === undefined ? undefined : await readPolicyFile(file);
  const request = {
    ...windowOf({ from, to }),
    ...(policy === undefined ? {} : { policy }),
    ...(policyVersion === undefined ? {} : { policyVersion }),
    ...(at === undefined ? {} : { at }),
    registry: {
      agreements: endAgreement.map((id) => ({ id, terminated: true })),
      services: disableService.map((id) => ({ id, enabled: false })),
    },
  };
  const done = await withServer(context, (server) =>
    ended<Simulated, SimulationEvent>(context, simulatePolicy(clientOf(server), request, context)),
  );
  const { terminal } = context;
  if (terminal.json) terminal.document(done);
  else tellSimulated(terminal, done);
}

async function replay(context: Context, options: WindowOptions): Promise<void> {
  const done = await withServer(context, (server) =>
    ended<Replayed, ReplayEvent>(context, replayPolicy(clientOf(server), windowOf(options), context)),
  );
  const { terminal } = context;
  const { same, different, unreadable, examples } = done;
  const lines = examples.map(({ request, member }) => `${request}: ${member}`);
  if (different > 0) throw new Refusal('policy_replay_differs', `${different} of ${same + different} differ`, ...lines);
  if (terminal.json) terminal.document(done);
  else terminal.print(`  ${same} decisions, all the same again${unreadable === 0 ? '' : `; ${unreadable} unreadable`}`);
}

function windowOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }) {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function clientOf({ url, apiKey }: Server): CordonClientOptions {
  return { url, credential: apiKey };
}

/** Progress while it runs; the last event. */
function ended<Done extends Event, Event extends { readonly state: string }>(
  context: Context,
  events: AsyncGenerator<Event>,
): Promise<Done> {
  return withStage(context, 'Deciding again', async (stage) => {
    for await (const event of events) {
      if (event.state === 'done') return { result: event as Done, said: '' };
      const { entries, ofEntries } = event as Event & { readonly entries: number; readonly ofEntries: number };
      stage.update(ofEntries === 0 ? null : entries / ofEntries);
    }
    throw new Refusal('server_unreachable');
  });
}

function tellSimulated(
  terminal: Terminal,
  { total, byActor, byPurpose, byService, examples, unreadable }: Simulated,
): void {
  const { decisions, nowRefused, nowAllowed, rerouted, otherReason } = total;
  terminal.print(
    `  ${decisions} decisions: ${nowRefused} now refused, ${nowAllowed} now allowed, ${rerouted} to another service, ${otherReason} refused for another reason`,
  );
  if (unreadable > 0) terminal.print(`  ${unreadable} could not be read`);
  for (const [title, list] of [
    ['by application', byActor],
    ['by purpose', byPurpose],
    ['by service', byService],
  ] as const) {
    terminal.print(`  ${title}`);
    for (const one of list)
      terminal.print(
        `    ${printable(one.name)}: ${one.decisions}, ${one.nowRefused} refused, ${one.nowAllowed} allowed, ${one.rerouted} rerouted`,
      );
  }
  for (const { request, count, purpose, before, after } of examples)
    terminal.print(`  ${count} × ${printable(purpose)}: ${before.code} → ${after.code}, such as ${request}`);
}
