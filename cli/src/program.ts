// The table of commands.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAgreements } from '#commands/agreements.ts';
import { addCompletion } from '#commands/completion.ts';
import { addApprovals } from '#commands/approvals.ts';
import { addBudgets } from '#commands/budgets.ts';
import { addDeid } from '#commands/deid.ts';
import { addDemo } from '#commands/demo.ts';
import { addDoctor } from '#commands/doctor.ts';
import { addDraft } from '#commands/draft.ts';
import { addKeys } from '#commands/keys.ts';
import { addPolicy } from '#commands/policy.ts';
import { addLedger } from '#commands/ledger.ts';
import { addModels } from '#commands/models.ts';
import { addPlanner } from '#commands/planner.ts';
import { addReview } from '#commands/review.ts';
import { addScribe } from '#commands/scribe.ts';
import { addServices } from '#commands/services.ts';
import { addServiceSecrets } from '#commands/service-secrets.ts';
import { addSpeech } from '#commands/speech.ts';
import { addStart } from '#commands/start.ts';
import { addTranscribe } from '#commands/transcribe.ts';
import { addVerify } from '#commands/verify.ts';
import { addVocabulary } from '#commands/vocabulary.ts';
import type { Context } from '#context.ts';

const EXITS = `
Exit codes: 0 done, 1 a check said no, 2 usage or bad input, 3 refused by policy or consent, 4 not permitted, 5 unavailable, 6 internal.
Data live in CORDON_HOME (by default .cordon in the checkout). A server that runs is used; otherwise one is started for the run.`;

/** In the order in which a newcomer meets them. */
const COMMANDS = [
  addStart,
  addDemo,
  addScribe,
  addTranscribe,
  addDraft,
  addReview,
  addLedger,
  addVerify,
  addModels,
  addSpeech,
  addVocabulary,
  addServices,
  addAgreements,
  addServiceSecrets,
  addBudgets,
  addPlanner,
  addPolicy,
  addDeid,
  addKeys,
  addApprovals,
  addDoctor,
] as const;

export function buildProgram(context: Context): Command {
  const { terminal } = context;
  const program = new Command('cordon')
    .description('Cordon: a self-hosted HIPAA boundary for clinical speech and language AI.')
    .version(version(), '-V, --version')
    .helpCommand(true)
    .showSuggestionAfterError(true)
    .addHelpText('after', EXITS)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.raw(text),
      writeErr: (text) => terminal.error(text), // help shown because no subcommand was given
      outputError: () => undefined, // failures are told in one place: failure.ts
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  for (const add of COMMANDS) add(program, context);
  addCompletion(program, context);
  return program;
}

function version(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown';
}
