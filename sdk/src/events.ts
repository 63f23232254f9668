// Server-sent events (WHATWG HTML §9.2.6) from a byte stream. Pieces may end anywhere, within a character too.

export interface ServerEvent {
  /** `message` when the server gave none. */
  readonly event: string;
  readonly data: string;
}

/** Bytes held before an event is complete; a job has a few hundred. What is longer is no stream of ours. */
const MAX_EVENT_BYTES = 1_048_576;

/** Yields complete events; an unfinished one at the end of the stream is dropped, as the standard says. */
export async function* serverEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let fields: string[] = [];
  let held = 0;
  for await (const piece of bytes) {
    rest += decoder.decode(piece, { stream: true });
    const { lines, remainder } = split(rest);
    rest = remainder;
    held += piece.byteLength;
    if (held > MAX_EVENT_BYTES) throw new RangeError('event too long');
    for (const line of lines) {
      if (line !== '') {
        fields.push(line);
        continue;
      }
      const event = eventOf(fields);
      fields = [];
      held = rest.length;
      if (event !== null) yield event;
    }
  }
}

/** Lines end with CR LF, LF or CR. A CR at the very end may be half of a CR LF: it waits. */
function split(text: string): { lines: string[]; remainder: string } {
  const held = text.endsWith('\r') ? text.slice(0, -1) : text;
  const lines = held.split(/\r\n|\n|\r/);
  const remainder = (lines.pop() ?? '') + text.slice(held.length);
  return { lines, remainder };
}

function eventOf(lines: readonly string[]): ServerEvent | null {
  const fields = lines.filter((line) => !line.startsWith(':')).map(fieldOf);
  const data = fields.filter(({ name }) => name === 'data');
  if (data.length === 0) return null;
  const event = fields.findLast(({ name }) => name === 'event')?.value ?? '';
  return { event: event === '' ? 'message' : event, data: data.map(({ value }) => value).join('\n') };
}

function fieldOf(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  if (colon < 0) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}
