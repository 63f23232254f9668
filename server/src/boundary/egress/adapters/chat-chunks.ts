// A stream of the vendors' libraries as OpenAI's server-sent events (docs/formats/adapters.md). Holds no more than one tool call's
// bookkeeping; whatever cannot be said ends the stream with `upstream_invalid`, never with a `[DONE]` that would be a lie.
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { ProblemError } from '@cordon/contract';
import type { Usage } from '#boundary/egress/adapter.ts';
import { type AnswerHead, finishWord, measured, NOTHING_MEASURED, signatureForm, usageForm } from './chat-answer.ts';

const encoder = new TextEncoder();

interface OpenCall {
  readonly index: number;
  /** Characters of its arguments that went out already. */
  sent: number;
}

/** What a model thinks on its way is no part of OpenAI's chat form; the rest has no content. */
const SILENT: ReadonlySet<LanguageModelV4StreamPart['type']> = new Set([
  'stream-start',
  'response-metadata',
  'text-start',
  'text-end',
  'tool-input-end',
  'reasoning-start',
  'reasoning-delta',
  'reasoning-end',
  'ping',
  'raw',
]);

type Part<Type extends LanguageModelV4StreamPart['type']> = Extract<LanguageModelV4StreamPart, { type: Type }>;

/** Turns parts into segments, each of whole events. `usage` is known once the stream has ended. */
export class ChunkWriter {
  readonly #head: AnswerHead;
  readonly #usageInStream: boolean;
  readonly #calls = new Map<string, OpenCall>();
  #usage: Usage = NOTHING_MEASURED;
  #begun = false;
  #finished = false;

  constructor(head: AnswerHead, usageInStream: boolean) {
    this.#head = head;
    this.#usageInStream = usageInStream;
  }

  usage(): Usage {
    return this.#usage;
  }

  /** Null: nothing of this part goes out. Errors: `upstream_invalid`, or what the service's own error event means. */
  write(part: LanguageModelV4StreamPart): Uint8Array | null {
    if (part.type === 'text-delta') return part.delta === '' ? null : this.#delta({ content: part.delta });
    if (part.type === 'tool-input-start') return this.#openCall(part.id, part.toolName, part.providerMetadata);
    if (part.type === 'tool-input-delta') return this.#argue(part.id, part.delta);
    if (part.type === 'tool-call') return this.#settleCall(part);
    if (part.type === 'finish') return this.#finish(part);
    if (part.type === 'error') throw failureOf(part.error);
    if (SILENT.has(part.type) || (part.type === 'custom' && part.kind === 'anthropic.message_start')) return null;
    // Files, sources, tools of the service's own: content that OpenAI's form has no place for.
    throw new ProblemError('upstream_invalid', { reason: 'content' });
  }

  /** The end of a whole stream. Errors: `upstream_invalid` if the service broke off without saying why it ended. */
  end(): Uint8Array {
    if (!this.#finished) throw new ProblemError('upstream_invalid', { reason: 'unfinished' });
    return encoder.encode('data: [DONE]\n\n');
  }

  #openCall(id: string, name: string, metadata: Part<'tool-input-start'>['providerMetadata']): Uint8Array {
    const index = this.#calls.size;
    this.#calls.set(id, { index, sent: 0 });
    const call = { index, id, type: 'function', function: { name, arguments: '' }, ...signatureForm(metadata) };
    return this.#delta({ tool_calls: [call] });
  }

  #argue(id: string, text: string): Uint8Array | null {
    const call = this.#calls.get(id);
    if (call === undefined) throw new ProblemError('upstream_invalid', { reason: 'order' });
    if (text === '') return null;
    call.sent += text.length;
    return this.#delta({ tool_calls: [{ index: call.index, function: { arguments: text } }] });
  }

  /** Some vendors stream no arguments where there are none, or give a call whole. */
  #settleCall(part: Part<'tool-call'>): Uint8Array | null {
    const open = this.#calls.get(part.toolCallId);
    if (open === undefined) {
      const begun = this.#openCall(part.toolCallId, part.toolName, part.providerMetadata);
      const argued = this.#argue(part.toolCallId, part.input);
      return argued === null ? begun : Buffer.concat([begun, argued]);
    }
    return open.sent === 0 ? this.#argue(part.toolCallId, part.input) : null;
  }

  #finish(part: Part<'finish'>): Uint8Array {
    this.#usage = measured(part.usage);
    const end = this.#event([{ index: 0, delta: {}, logprobs: null, finish_reason: finishWord(part.finishReason) }]);
    this.#finished = true;
    if (!this.#usageInStream) return end;
    const usage = usageForm(part.usage);
    return usage === null ? end : Buffer.concat([end, this.#event([], usage)]);
  }

  /** The first delta names the role, as OpenAI's does. */
  #delta(delta: object): Uint8Array {
    const said = this.#begun ? delta : { role: 'assistant', ...delta };
    this.#begun = true;
    return this.#event([{ index: 0, delta: said, logprobs: null, finish_reason: null }]);
  }

  #event(choices: readonly object[], usage: object | null = null): Uint8Array {
    const chunk = {
      id: this.#head.id,
      object: 'chat.completion.chunk',
      created: this.#head.created,
      model: this.#head.model,
      choices,
      ...(this.#usageInStream ? { usage } : {}),
    };
    return encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}

/** An error event inside a stream. Only whether the service said that it is overloaded is taken from it. */
function failureOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
  const failed = typeof status === 'number' && (status >= 500 || status === 429);
  return new ProblemError(failed ? 'upstream_unavailable' : 'upstream_invalid', { reason: 'stream' });
}
