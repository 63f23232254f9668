// What a request of OpenAI's form would need of a service beyond the model itself (spec boundary §1.1). Pure; what is not known to be
// harmless counts as the feature, so that a tool or part that is new tomorrow is refused today.
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import type { Feature } from '#boundary/policy/intent.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Tools that the caller runs; all others run at the vendor or further off. */
const OWN_TOOLS = new Set(['function', 'custom', 'namespace', 'allowed_tools']);

/** Parts that are text and nothing else. */
const TEXT_PARTS = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text', 'reasoning_text']);

/** Items of `responses` that are said by a person, by the model, or by a tool that the caller runs. */
const OWN_ITEMS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'reasoning',
]);

/** Members that name something which the vendor keeps, whatever they stand in. */
const STORED = ['previous_response_id', 'conversation', 'prompt'];
const METADATA = ['metadata', 'user', 'safety_identifier'];
const CACHE = ['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'];

/** Each feature once, in no order that means anything. */
export function featuresOf(api: ModelRequest['api'], request: Fields): readonly Feature[] {
  const found = new Set<Feature>();
  const has = (name: string): boolean => request[name] !== undefined && request[name] !== null;
  if (METADATA.some(has)) found.add('metadata');
  if (api === 'embeddings') return [...found];
  if (CACHE.some(has)) found.add('prompt_cache');
  if (request['store'] === true || request['background'] === true || STORED.some(has)) found.add('stored_state');
  if (has('web_search_options')) found.add('remote_tools');
  if (objects(request['tools']).some((tool) => !isOwnTool(tool))) found.add('remote_tools');
  const choice = fieldsOf(request['tool_choice']);
  if (choice !== null && !isOwnTool(choice)) found.add('remote_tools');
  if (has('audio') || list(request['modalities']).includes('audio')) found.add('audio_input');
  if (api === 'chat') for (const message of objects(request['messages'])) ofMessage(message, found);
  else for (const item of objects(request['input'])) ofItem(item, found);
  return [...found];
}

function isOwnTool(tool: Fields): boolean {
  const type = tool['type'];
  if (type !== undefined && (typeof type !== 'string' || !OWN_TOOLS.has(type))) return false;
  return objects(tool['tools']).every(isOwnTool);
}

function ofMessage(message: Fields, found: Set<Feature>): void {
  for (const part of objects(message['content'])) ofPart(part, found);
  // An earlier spoken answer is named by the id under which the vendor keeps it.
  if (fieldsOf(message['audio']) !== null) found.add('stored_state').add('audio_input');
}

function ofItem(item: Fields, found: Set<Feature>): void {
  const type = item['type'] ?? (item['role'] === undefined ? 'item_reference' : 'message');
  if (type === 'item_reference') found.add('stored_state');
  else if (typeof type !== 'string' || !OWN_ITEMS.has(type)) found.add('remote_tools');
  for (const name of ['content', 'output']) for (const part of objects(item[name])) ofPart(part, found);
}

/** Of every part: what it is, where its bytes come from, and whether it asks to be kept in a cache. */
function ofPart(part: Fields, found: Set<Feature>): void {
  const type = typeof part['type'] === 'string' ? part['type'] : '';
  if (part['cache_control'] !== undefined || part['prompt_cache_breakpoint'] !== undefined) found.add('prompt_cache');
  if (TEXT_PARTS.has(type)) return;
  found.add(type.includes('audio') ? 'audio_input' : 'image_input');
  ofSource(part, found);
}

/** Bytes in the request itself are a `data:` address or base64; any other address is fetched by the vendor, any id is kept there. */
function ofSource(part: Fields, found: Set<Feature>): void {
  for (const [name, value] of Object.entries(part)) {
    const nested = fieldsOf(value);
    if (nested !== null) ofSource(nested, found);
    if (typeof value !== 'string') continue;
    if (name.endsWith('url') && !/^data:/i.test(value)) found.add('remote_content');
    if (name.endsWith('_id')) found.add('stored_state');
  }
}

/** Where a list belongs, some readers take one object too. */
function objects(value: unknown): readonly Fields[] {
  const each = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return each.map(fieldsOf).filter((fields) => fields !== null);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
