// The Anthropic adapter against a stand-in that Anthropic's own client accepted first: the last that speaks version 2023-06-01.
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { anthropic, ANTHROPIC_KEY } from '#test/vendors/anthropic.ts';
import { chatSuite } from '#test/vendors/chat-suite.ts';
import { HELLO } from '#test/vendors/said.ts';
import { anthropicAdapter } from './anthropic.ts';

const MODEL = 'claude-opus-4-6';

describe('the stand-in', () => {
  it('is taken for Anthropic by its client, unmodified', async () => {
    const house = await anthropic({ said: () => HELLO });
    const client = new Anthropic({ apiKey: ANTHROPIC_KEY, baseURL: house.url, maxRetries: 0 });
    const ask = { model: MODEL, max_tokens: 64, messages: [{ role: 'user' as const, content: 'hello' }] };
    const whole = await client.messages.create(ask);
    expect(whole.content).toMatchObject([{ type: 'text', text: 'Guten Tag, 世界 🩺' }]);
    const streamed = await client.messages.stream(ask).finalMessage();
    expect(streamed.content).toMatchObject([{ type: 'text', text: 'Guten Tag, 世界 🩺' }]);
    expect(streamed.usage).toMatchObject({ input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 7 });
    const stranger = new Anthropic({ apiKey: 'another', baseURL: house.url, maxRetries: 0 });
    await expect(stranger.messages.create(ask)).rejects.toMatchObject({ status: 401 });
    await house.close();
  });
});

chatSuite('anthropic', {
  adapter: anthropicAdapter(),
  secret: () => ANTHROPIC_KEY,
  service: { model: MODEL },
  start: ({ said, broken }) => anthropic({ said, error: broken }),
  overloaded: 'overloaded_error',
  thinking: /"thinking":\{"type":"(?:enabled|adaptive)"/,
  unsupported: [
    ['seed', { seed: 7 }],
    ['frequency_penalty', { frequency_penalty: 0.1 }],
    ['temperature', { temperature: 1.5 }],
    ['top_p', { temperature: 0.5, top_p: 0.9 }],
    ['max_completion_tokens', { max_tokens: 10_000_000 }],
    ['response_format.type', { response_format: { type: 'json_object' } }],
  ],
});
