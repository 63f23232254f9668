// The Bedrock adapter against a stand-in that Amazon's own client accepted first.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { chat, openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { bedrock } from '#test/vendors/bedrock.ts';
import { chatSuite } from '#test/vendors/chat-suite.ts';
import { HELLO } from '#test/vendors/said.ts';
import { AWS_KEYS } from '#test/vendors/sigv4.ts';
import { bedrockAdapter } from './bedrock.ts';

const MODEL = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const PROVISIONED = 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123';
const SECRET = JSON.stringify(AWS_KEYS);

describe('the stand-in', () => {
  it('is taken for Bedrock by Amazon’s client, unmodified', async () => {
    const house = await bedrock({ said: () => HELLO });
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: house.url,
      credentials: { ...AWS_KEYS },
      maxAttempts: 1,
    });
    const messages = [{ role: 'user' as const, content: [{ text: 'hello' }] }];
    const whole = await client.send(new ConverseCommand({ modelId: PROVISIONED, messages }));
    expect(whole.output?.message?.content?.[0]?.text).toBe('Guten Tag, 世界 🩺');
    expect(whole.usage).toMatchObject({ outputTokens: 7 });
    const streamed = await client.send(new ConverseStreamCommand({ modelId: MODEL, messages }));
    const events: ConverseStreamOutput[] = [];
    for await (const event of streamed.stream ?? []) events.push(event);
    expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')).toBe('Guten Tag, 世界 🩺');
    expect(events.at(-1)?.metadata?.usage).toMatchObject({ outputTokens: 7 });
    const wrong = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: house.url,
      credentials: { ...AWS_KEYS, secretAccessKey: 'another' },
      maxAttempts: 1,
    });
    await expect(wrong.send(new ConverseCommand({ modelId: MODEL, messages }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    client.destroy();
    wrong.destroy();
    await house.close();
  });
});

chatSuite('bedrock', {
  adapter: bedrockAdapter(),
  secret: () => SECRET,
  service: { model: MODEL, regions: { inference: 'us-east-1', storage: 'us', support: 'us', logs: 'us' } },
  start: ({ said, broken }) => bedrock({ said, exception: broken }),
  overloaded: 'throttlingException',
  thinking: /"thinking":\{"type":"(?:enabled|adaptive)"/,
  unsupported: [
    ['seed', { seed: 7 }],
    ['presence_penalty', { presence_penalty: 1 }],
    ['temperature', { temperature: 1.5 }],
    ['response_format.type', { response_format: { type: 'json_object' } }],
  ],
});

describe('bedrock', () => {
  it.each([
    ['on demand', MODEL],
    ['provisioned', PROVISIONED],
    ['an inference profile', `us.${MODEL}`],
  ])('signs for a model %s, and reads nothing from the environment', async (_name, model) => {
    process.env['AWS_BEARER_TOKEN_BEDROCK'] = 'from-the-environment';
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9';
    const house = await bedrock({ said: () => HELLO });
    const way = openDoor();
    const regions = { inference: 'us-east-1', storage: 'us', support: 'us', logs: 'us' };
    try {
      way.give('aws', SECRET);
      const answer = await bedrockAdapter().send(
        way.door,
        target(house.url, { model, credential: 'aws', regions }),
        chat('hi', { parallel_tool_calls: false }),
        AbortSignal.timeout(9000),
      );
      expect(answer.kind).toBe('whole');
      expect(house.seen[0]?.url).toBe(`/model/${encodeURIComponent(model)}/converse`);
      expect(house.seen[0]?.headers['authorization']).toContain('/us-east-1/bedrock/aws4_request');
      expect(house.seen[0]?.headers['user-agent'] ?? '').not.toContain('ai-sdk');
    } finally {
      delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
      delete process.env['AWS_ENDPOINT_URL'];
      await way.close();
      await house.close();
    }
  });
});
