// Questions to the person at the terminal. They go to standard error: standard output is the result's alone.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interrupted } from '#failure.ts';

/** One line, trimmed. Null when the person ended the input (Ctrl-D). */
export async function ask(question: string): Promise<string | null> {
  return converse(question, process.stderr);
}

/** One line that is not shown while it is typed. */
export async function askHidden(question: string): Promise<string | null> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await converse('', nowhere);
  process.stderr.write('\n');
  return answer;
}

/** One of `choices`, by its first letters or its number; asks again until it is one. */
export async function choose<T extends string>(question: string, choices: readonly T[]): Promise<T | null> {
  const list = choices.map((choice, at) => `${at + 1} ${choice}`).join(', ');
  for (;;) {
    const answer = (await ask(`${question} (${list}): `))?.toLowerCase();
    if (answer === undefined) return null;
    const byNumber = choices[Number(answer) - 1];
    const byName = answer === '' ? [] : choices.filter((choice) => choice.startsWith(answer));
    const chosen = byNumber ?? (byName.length === 1 ? byName[0] : undefined);
    if (chosen !== undefined) return chosen;
  }
}

async function converse(question: string, output: NodeJS.WritableStream): Promise<string | null> {
  const conversation = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const closed = new Promise<null>((resolve) => conversation.once('close', () => resolve(null)));
    // The terminal is in raw mode: Ctrl-C arrives as a key, not as a signal.
    const stopped = new Promise<never>((_resolve, reject) => {
      conversation.once('SIGINT', () => reject(new Interrupted('SIGINT')));
    });
    const answer = await Promise.race([conversation.question(question), closed, stopped]);
    return answer?.trim() ?? null;
  } finally {
    conversation.close();
  }
}
