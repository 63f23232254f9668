import { describe, expect, it } from 'vitest';
import { featuresOf } from './features.ts';
import { unknownFields } from './fields.ts';

const said = (content: unknown) => ({ model: 'm', messages: [{ role: 'user', content }] });
const input = (content: unknown) => ({ model: 'm', input: [{ role: 'user', content }] });
const tool = {
  type: 'function',
  function: { name: 'f', description: 'd', parameters: { any: { thing: 1 } }, strict: true },
};

describe('the features of a chat', () => {
  it.each([
    ['plain words', said('hello'), []],
    ['text parts', said([{ type: 'text', text: 'https://example.org' }]), []],
    [
      'a tool of one’s own',
      { ...said('x'), tools: [tool], tool_choice: { type: 'function', function: { name: 'f' } } },
      [],
    ],
    ['a hosted tool', { ...said('x'), tools: [tool, { type: 'web_search' }] }, ['remote_tools']],
    ['a tool without a known type', { ...said('x'), tools: [{ type: 7 }] }, ['remote_tools']],
    [
      'a hosted tool within a namespace',
      { ...said('x'), tools: [{ type: 'namespace', tools: [{ type: 'mcp' }] }] },
      ['remote_tools'],
    ],
    ['web search', { ...said('x'), web_search_options: {} }, ['remote_tools']],
    ['storing', { ...said('x'), store: true }, ['stored_state']],
    ['not storing', { ...said('x'), store: false }, []],
    [
      'a picture within',
      said([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }]),
      ['image_input'],
    ],
    [
      'a picture elsewhere',
      said([{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }]),
      ['image_input', 'remote_content'],
    ],
    [
      'a picture on a disk',
      said([{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }]),
      ['image_input', 'remote_content'],
    ],
    ['sound', said([{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }]), ['audio_input']],
    ['a kept file', said([{ type: 'file', file: { file_id: 'file-1' } }]), ['image_input', 'stored_state']],
    [
      'a spoken answer of before',
      { messages: [{ role: 'assistant', audio: { id: 'a' } }] },
      ['audio_input', 'stored_state'],
    ],
    ['a spoken answer', { ...said('x'), modalities: ['text', 'audio'], audio: { voice: 'x' } }, ['audio_input']],
    ['a part without its list', said({ type: 'image_url', image_url: { url: 'data:,' } }), ['image_input']],
    ['a part nobody knows', said([{ type: 'hologram' }]), ['image_input']],
    ['metadata', { ...said('x'), metadata: { a: 'b' } }, ['metadata']],
    ['a user', { ...said('x'), user: 'u' }, ['metadata']],
    ['null members', { ...said('x'), user: null, metadata: null, audio: null, web_search_options: null }, []],
    ['a cache key', { ...said('x'), prompt_cache_key: 'k' }, ['prompt_cache']],
    ['a marked part', said([{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }]), ['prompt_cache']],
  ])('with %s', (_what, request, features) => {
    expect([...featuresOf('chat', request)].toSorted()).toEqual(features);
  });
});

describe('the features of a response', () => {
  it.each([
    ['a string', { model: 'm', input: 'hello' }, []],
    [
      'a conversation so far',
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c', output: 'y' },
          { type: 'reasoning', id: 'r', summary: [] },
        ],
      },
      [],
    ],
    ['an earlier response', { input: 'x', previous_response_id: 'resp_1' }, ['stored_state']],
    ['a kept conversation', { input: 'x', conversation: 'c' }, ['stored_state']],
    ['a kept prompt', { prompt: { id: 'p' } }, ['stored_state']],
    ['work in the background', { input: 'x', background: true }, ['stored_state']],
    ['a reference', { input: [{ type: 'item_reference', id: 'x' }] }, ['stored_state']],
    ['a reference without a type', { input: [{ id: 'x' }] }, ['stored_state']],
    ['a hosted tool’s call', { input: [{ type: 'mcp_call', id: 'x' }] }, ['remote_tools']],
    ['a hosted tool', { input: 'x', tools: [{ type: 'mcp', server_url: 'https://x.test' }] }, ['remote_tools']],
    ['a forced hosted tool', { input: 'x', tool_choice: { type: 'file_search' } }, ['remote_tools']],
    [
      'a choice among one’s own',
      { input: 'x', tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] } },
      [],
    ],
    [
      'a file elsewhere',
      input([{ type: 'input_file', file_url: 'http://x.test/a.pdf' }]),
      ['image_input', 'remote_content'],
    ],
    ['a kept picture', input([{ type: 'input_image', file_id: 'file-1' }]), ['image_input', 'stored_state']],
    ['a picture within', input([{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }]), ['image_input']],
    [
      'a tool’s picture',
      {
        input: [
          {
            type: 'function_call_output',
            call_id: 'c',
            output: [{ type: 'input_image', image_url: 'https://x.test' }],
          },
        ],
      },
      ['image_input', 'remote_content'],
    ],
  ])('with %s', (_what, request, features) => {
    expect([...featuresOf('responses', request)].toSorted()).toEqual(features);
  });
});

it('embeddings have none but metadata', () => {
  expect(featuresOf('embeddings', { model: 'm', input: ['a'] })).toEqual([]);
  expect(featuresOf('embeddings', { model: 'm', input: 'a', user: 'u' })).toEqual(['metadata']);
});

describe('unknown fields', () => {
  it('of what the API reference lists there are none', () => {
    expect(
      unknownFields('chat', {
        ...said([
          { type: 'text', text: 'x' },
          { type: 'image_url', image_url: { url: 'x', detail: 'low' } },
        ]),
        tools: [tool],
        response_format: { type: 'json_schema', json_schema: { name: 's', schema: { a: { b: [1] } }, strict: true } },
        stop: ['a', 'b'],
        logit_bias: { 50: 1 },
        stream: true,
        stream_options: { include_usage: true },
      }),
    ).toEqual([]);
    expect(
      unknownFields('responses', {
        model: 'm',
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'x' }] }],
        text: { format: { type: 'json_schema', name: 's', schema: { x: 1 } } },
        tools: [{ type: 'function', name: 'f', parameters: {} }],
        include: ['reasoning.encrypted_content'],
      }),
    ).toEqual([]);
    expect(unknownFields('embeddings', { model: 'm', input: [[1, 2], [3]], dimensions: 4 })).toEqual([]);
    expect(unknownFields('embeddings', { model: 'm', input: ['a'], encoding_format: 'float' })).toEqual([]);
  });

  it.each([
    [{ ...said('x'), top_k: 5 }, ['top_k']],
    [said([{ type: 'text', text: 'x', note: 'y' }]), ['messages[0].content[0].note']],
    [said({ type: 'text', words: 'x' }), ['messages[0].content.words']],
    [{ messages: [{ role: 'user', content: 'x', 'Jane Doe': 1 }] }, ['messages[0].*']],
    [{ ...said('x'), temperature: { hidden: 'words' } }, ['temperature']],
    [{ ...said('x'), seed: [{ hidden: 'words' }] }, ['seed[0]']],
    [{ ...said('x'), response_format: [{ hidden: 'words' }] }, ['response_format']],
    [{ ...said('x'), __proto__x: 1, constructor: { a: 1 } }, ['*', 'constructor']],
    [JSON.parse('{"messages":[],"__proto__":{"a":"b"}}') as Record<string, unknown>, ['*']],
  ])('%j: %j', (request, paths) => {
    expect(unknownFields('chat', request)).toEqual(paths);
  });

  it('are listed up to a number', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`x${at}`, 1]));
    expect(unknownFields('chat', many)).toHaveLength(20);
  });
});
