// Messages of OpenAI's chat form as the prompt that the vendors' libraries take. Pure.
import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from '@ai-sdk/provider';
import { ProblemError } from '@cordon/contract';
import { parseJson } from '#kernel/json.ts';
import { type Form, formAt, listAt, malformed, onlyMembers, textAt, unsupported } from './chat-form.ts';

export interface MessageRules {
  /** The service's row is cleared for `image_input`. */
  readonly images: boolean;
  /** Signatures of thought that Gemini wants back with a call of a tool (`extra_content.google.thought_signature`). */
  readonly thoughtSignatures: boolean;
}

type Content<Role extends LanguageModelV4Message['role']> = Extract<LanguageModelV4Message, { role: Role }>['content'];
type AssistantPart = Content<'assistant'>[number];

const INSTRUCTION: ReadonlySet<string> = new Set(['role', 'content']);
const ASSISTANT: ReadonlySet<string> = new Set(['role', 'content', 'tool_calls', 'annotations']);
const TOOL: ReadonlySet<string> = new Set(['role', 'content', 'tool_call_id']);
const TOOL_CALL: ReadonlySet<string> = new Set(['id', 'type', 'function', 'index']);
const SIGNED_TOOL_CALL: ReadonlySet<string> = new Set([...TOOL_CALL, 'extra_content']);
const TEXT_PART: ReadonlySet<string> = new Set(['type', 'text']);

/** Errors: `invalid_request`, `field_unsupported`, `feature_not_covered`, each with the field's path. */
export function promptOf(messages: readonly unknown[], rules: MessageRules): LanguageModelV4Prompt {
  if (messages.length === 0) throw malformed('messages');
  const names = new Map<string, string>();
  const prompt: LanguageModelV4Prompt = [];
  for (const [index, value] of messages.entries()) addMessage(prompt, names, rules, value, `messages[${index}]`);
  // A trailing turn of the assistant is a beginning to some vendors and an error to others; OpenAI's own reading is neither.
  if (prompt.at(-1)?.role === 'assistant') throw unsupported(`messages[${messages.length - 1}].role`);
  return prompt;
}

function addMessage(
  prompt: LanguageModelV4Prompt,
  names: Map<string, string>,
  rules: MessageRules,
  value: unknown,
  path: string,
): void {
  const message = formAt(value, path);
  switch (message['role']) {
    case 'system':
    case 'developer':
      onlyMembers(message, INSTRUCTION, `${path}.`);
      // No other vendor has instructions in the middle of a conversation with OpenAI's meaning.
      if (prompt.some(({ role }) => role !== 'system')) throw unsupported(`${path}.role`);
      for (const content of textsAt(message['content'], `${path}.content`)) prompt.push({ role: 'system', content });
      return;
    case 'user':
      onlyMembers(message, INSTRUCTION, `${path}.`);
      prompt.push({ role: 'user', content: userParts(message['content'], rules, `${path}.content`) });
      return;
    case 'assistant':
      prompt.push({ role: 'assistant', content: assistantParts(message, names, rules, path) });
      return;
    case 'tool':
      addToolResult(prompt, toolResult(message, names, path));
      return;
    default:
      throw typeof message['role'] === 'string' ? unsupported(`${path}.role`) : malformed(`${path}.role`);
  }
}

/** Content that may only be text: a string, or parts of type `text`. */
function textsAt(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return [value];
  return listAt(value, path).map((part, index) => {
    const form = formAt(part, `${path}[${index}]`);
    if (form['type'] !== 'text') throw unsupported(`${path}[${index}].type`);
    onlyMembers(form, TEXT_PART, `${path}[${index}].`);
    return textAt(form['text'], `${path}[${index}].text`);
  });
}

function userParts(value: unknown, rules: MessageRules, path: string): Content<'user'> {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return listAt(value, path).map((part, index) =>
    userPart(formAt(part, `${path}[${index}]`), rules, `${path}[${index}]`),
  );
}

function userPart(part: Form, rules: MessageRules, path: string): Content<'user'>[number] {
  switch (part['type']) {
    case 'text':
      onlyMembers(part, TEXT_PART, `${path}.`);
      return { type: 'text', text: textAt(part['text'], `${path}.text`) };
    case 'image_url':
      if (!rules.images) throw new ProblemError('feature_not_covered', { feature: 'image_input', field: path });
      return imagePart(part, path);
    default:
      throw unsupported(`${path}.type`);
  }
}

const IMAGE_PART: ReadonlySet<string> = new Set(['type', 'image_url']);
const IMAGE: ReadonlySet<string> = new Set(['url', 'detail']);
const DATA_IMAGE = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/;

/** Only images that are in the request: an address would have to be fetched, by us or by the service. */
function imagePart(part: Form, path: string): Content<'user'>[number] {
  onlyMembers(part, IMAGE_PART, `${path}.`);
  const image = formAt(part['image_url'], `${path}.image_url`);
  onlyMembers(image, IMAGE, `${path}.image_url.`);
  if ((image['detail'] ?? 'auto') !== 'auto') throw unsupported(`${path}.image_url.detail`);
  const url = textAt(image['url'], `${path}.image_url.url`);
  if (!url.startsWith('data:'))
    throw new ProblemError('feature_not_covered', { feature: 'remote_content', field: path });
  const [, mediaType = '', data = ''] = DATA_IMAGE.exec(url) ?? [];
  if (mediaType === '') throw unsupported(`${path}.image_url.url`);
  return { type: 'file', mediaType, data: { type: 'data', data } };
}

function assistantParts(
  message: Form,
  names: Map<string, string>,
  rules: MessageRules,
  path: string,
): Content<'assistant'> {
  // Clients send an answer back as they got it, with its empty list of annotations.
  const annotations = message['annotations'] ?? [];
  if (listAt(annotations, `${path}.annotations`).length > 0) throw unsupported(`${path}.annotations`);
  onlyMembers(message, ASSISTANT, `${path}.`);
  const content = message['content'] ?? null;
  const texts = content === null ? [] : textsAt(content, `${path}.content`);
  const calls = listAt(message['tool_calls'] ?? [], `${path}.tool_calls`);
  // An empty text beside calls of tools says nothing, and some vendors refuse it.
  const said = calls.length > 0 ? texts.filter((text) => text !== '') : texts;
  return [
    ...said.map((text): AssistantPart => ({ type: 'text', text })),
    ...calls.map((call, index) => toolCall(call, names, rules, `${path}.tool_calls[${index}]`)),
  ];
}

function toolCall(value: unknown, names: Map<string, string>, rules: MessageRules, path: string): AssistantPart {
  const call = formAt(value, path);
  onlyMembers(call, rules.thoughtSignatures ? SIGNED_TOOL_CALL : TOOL_CALL, `${path}.`);
  if (call['type'] !== 'function') throw unsupported(`${path}.type`);
  const called = formAt(call['function'], `${path}.function`);
  onlyMembers(called, new Set(['name', 'arguments']), `${path}.function.`);
  const toolCallId = textAt(call['id'], `${path}.id`);
  const toolName = textAt(called['name'], `${path}.function.name`);
  names.set(toolCallId, toolName);
  const signature = signatureOf(call['extra_content'], path);
  return {
    type: 'tool-call',
    toolCallId,
    toolName,
    input: inputOf(textAt(called['arguments'], `${path}.function.arguments`), `${path}.function.arguments`),
    ...(signature === null ? {} : { providerOptions: { googleVertex: { thoughtSignature: signature } } }),
  };
}

/** Vendors take arguments as an object; models of OpenAI's write nothing at all for none. */
function inputOf(text: string, path: string): object {
  if (text === '') return {};
  try {
    return formAt(parseJson(text), path);
  } catch {
    throw malformed(path);
  }
}

function signatureOf(extra: unknown, path: string): string | null {
  if (extra === undefined || extra === null) return null;
  const form = formAt(extra, `${path}.extra_content`);
  onlyMembers(form, new Set(['google']), `${path}.extra_content.`);
  const google = formAt(form['google'], `${path}.extra_content.google`);
  onlyMembers(google, new Set(['thought_signature']), `${path}.extra_content.google.`);
  return textAt(google['thought_signature'], `${path}.extra_content.google.thought_signature`);
}

function toolResult(message: Form, names: ReadonlyMap<string, string>, path: string): LanguageModelV4ToolResultPart {
  onlyMembers(message, TOOL, `${path}.`);
  const toolCallId = textAt(message['tool_call_id'], `${path}.tool_call_id`);
  const toolName = names.get(toolCallId);
  if (toolName === undefined) throw malformed(`${path}.tool_call_id`);
  const value = textsAt(message['content'], `${path}.content`).join('\n');
  return { type: 'tool-result', toolCallId, toolName, output: { type: 'text', value } };
}

/** Results of calls made together stand in one turn: Gemini wants as many results in a turn as there were calls. */
function addToolResult(prompt: LanguageModelV4Prompt, part: LanguageModelV4ToolResultPart): void {
  const last = prompt.at(-1);
  if (last?.role === 'tool') last.content.push(part);
  else prompt.push({ role: 'tool', content: [part] });
}
