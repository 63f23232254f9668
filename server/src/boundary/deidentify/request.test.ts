import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { saidIn } from './look.ts';
import { draftRequest, type Drafted } from './request.ts';

const draftOf = (
  api: ModelRequest['api'],
  request: object,
  isPlain: (label: string) => boolean = () => true,
): Drafted => draftRequest(api, JSON.stringify(request), request as Record<string, unknown>, isPlain);
const shout = (drafted: Drafted): string => drafted.finish(drafted.texts.map((text) => text.toUpperCase()));
const saying = (content: unknown): object => ({ model: 'm', messages: [{ role: 'user', content }] });

describe('what the engine reads of a chat', () => {
  it('all that is said, in the order of the bytes; names of the API stay', () => {
    const request = {
      model: 'auto',
      messages: [
        { role: 'system', content: 'one' },
        { role: 'user', content: [{ type: 'text', text: 'two' }] },
        { role: 'assistant', content: null, refusal: 'three' },
      ],
      stop: ['four'],
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'five',
            parameters: {
              type: 'object',
              properties: { title: { type: 'string', description: 'six', enum: ['seven'], default: 'eight' } },
              required: ['title'],
            },
          },
        },
      ],
    };
    const drafted = draftOf('chat', request);
    expect(drafted.texts).toEqual(['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']);
    const made = JSON.parse(shout(drafted)) as typeof request;
    expect(made.model).toBe('auto');
    expect(made.tools[0]?.function.parameters.properties.title).toEqual({
      type: 'string',
      description: 'SIX',
      enum: ['SEVEN'],
      default: 'EIGHT',
    });
    expect(made.tools[0]?.function.parameters.required).toEqual(['title']);
  });

  it('JSON in a string is read value by value, with its name in front, numbers too, as deep as it goes', () => {
    const inner = JSON.stringify({ patientName: 'Ann', mrn: 1234567, few: 12, list: ['x\ny'] });
    const drafted = draftOf('chat', saying(JSON.stringify({ outer: inner })));
    expect(drafted.texts).toEqual(['patient Name: Ann', 'mrn: 1234567', 'list: x\ny']);
    const made = JSON.parse(drafted.finish(['patient Name: [N]', 'mrn: [M]', 'list: x\ny'])) as {
      messages: { content: string }[];
    };
    const outer = JSON.parse(made.messages[0]?.content ?? '') as { outer: string };
    expect(JSON.parse(outer.outer)).toEqual({ patientName: '[N]', mrn: '[M]', few: 12, list: ['x\ny'] });
  });

  it('names are checked as the words that they are made of', () => {
    const seen: string[] = [];
    const properties = { dateOfBirth: {}, SOAPNote: {}, lab_results: {}, MRN: {} };
    draftOf('chat', schemaWith(properties), (label) => seen.push(label) > 0);
    expect(seen.filter((label) => / (?!schema)|MRN/.test(label))).toEqual([
      'date Of Birth',
      'SOAP Note',
      'lab results',
      'MRN',
    ]);
  });

  it('ids of calls are given anew, the same for the same', () => {
    const calls = [{ id: 'MRN-1234567', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const request = {
      messages: [
        { role: 'assistant', tool_calls: calls },
        { role: 'tool', tool_call_id: 'MRN-1234567', content: 'x' },
      ],
    };
    const drafted = draftOf('chat', request);
    const made = drafted.finish(drafted.texts);
    expect(made).not.toContain('1234567');
    expect(made.match(/callaaaaa/g)).toHaveLength(2);
  });
});

describe('what is refused, by its path', () => {
  const cases: readonly (readonly [string, ModelRequest['api'], object])[] = [
    ['user', 'chat', { ...saying('x'), user: 'u' }],
    ['logprobs', 'chat', { ...saying('x'), logprobs: true }],
    ['top_logprobs', 'responses', { input: 'x', top_logprobs: 2 }],
    ['previous_response_id', 'responses', { input: 'x', previous_response_id: 'r' }],
    ['include', 'responses', { input: 'x', include: ['reasoning.encrypted_content'] }],
    ['input.encrypted_content', 'responses', { input: [{ type: 'reasoning', summary: [], encrypted_content: 'a' }] }],
    ['messages[0].cordon', 'chat', { messages: [{ role: 'user', content: 'x', cordon: 1 }] }],
    ['messages[0].*', 'chat', { messages: [{ role: 'user', content: 'x', 'Ann Tan': 'x' }] }],
    ['input', 'embeddings', { input: [[1, 2]] }],
    ['messages.name', 'chat', { messages: [{ role: 'user', name: 'Ann', content: 'x' }] }],
    ['response_format.json_schema.schema.properties.*', 'chat', schemaWith({ Ann: { type: 'string' } })],
    ['response_format.json_schema.schema.properties.a.pattern', 'chat', schemaWith({ a: { pattern: 'Ann' } })],
    ['response_format.json_schema.schema.properties.a.minimum', 'chat', schemaWith({ a: { minimum: 617_555_0182 } })],
  ];
  it.each(cases)('%s', (field, api, request) => {
    const isPlain = (label: string): boolean => !/Ann|6175550182/.test(label);
    const refused = expect(() => draftOf(api, request, isPlain));
    refused.toThrow(expect.objectContaining({ code: 'field_not_covered', details: { field } }) as Error);
  });

  it.each([
    ['image_input', saying([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }])],
    ['audio_input', saying([{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }])],
    ['remote_tools', { ...saying('x'), tools: [{ type: 'web_search' }] }],
  ])('%s is none of text', (feature, request) => {
    expect(() => draftOf('chat', request)).toThrow(
      expect.objectContaining({ code: 'feature_not_covered', details: { feature } }) as Error,
    );
  });
});

function schemaWith(properties: object): object {
  const json_schema = { name: 's', schema: { type: 'object', properties } };
  return { ...saying('x'), response_format: { type: 'json_schema', json_schema } };
}

/** Any text, written with more escapes than it needs. */
const escaped = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[a-df-mo-z](?=[ "])/g, (letter) => {
    return letter === 'u' ? letter : `\\u00${letter.charCodeAt(0).toString(16)}`;
  });

describe('bytes', () => {
  it('what the engine leaves as it is leaves byte for byte', () => {
    const content = fc.oneof(fc.string({ unit: 'grapheme' }), fc.json());
    fc.assert(
      fc.property(content, fc.double({ noNaN: true, noDefaultInfinity: true }), (said, temperature) => {
        const text = `{"messages" : [ {"role":"user","content":${JSON.stringify(said)}} ],"temperature":${String(temperature)}\n}`;
        const drafted = draftRequest('chat', text, JSON.parse(text) as Record<string, unknown>, () => true);
        expect(drafted.finish(drafted.texts)).toBe(text);
      }),
    );
    const odd = `{"messages":[{"role":"user","content":${escaped('said so "again" here')}}]}`;
    const drafted = draftRequest('chat', odd, JSON.parse(odd) as Record<string, unknown>, () => true);
    expect(drafted.finish(drafted.texts)).toBe(odd);
    expect(drafted.texts).toEqual(['said so "again" here']);
  });

  it('the second look reads every string of them, inner ones too, and names', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `${text}.`),
        (json, needle) => {
          const said = saidIn(JSON.stringify({ a: [json, { [needle]: JSON.stringify({ b: needle }) }] }));
          expect(said.filter((one) => one === needle)).toEqual([needle]);
        },
      ),
    );
    expect(saidIn('{"model":"m","seed":123456,"n":1,"x":{"model":"inner"}}')).toEqual(['123456', 'x', 'inner']);
  });
});
