// AWS's event stream framing, written from its description (prelude with lengths and CRC, typed headers, payload, CRC of all), apart
// from the codec that the product uses.
import { crc32 } from 'node:zlib';

export interface Frame {
  readonly headers: Readonly<Record<string, string | Date | Buffer>>;
  readonly payload: Buffer;
  /** The headers' own bytes: what a signature over a frame covers is made of some of them. */
  readonly end: number;
}

const STRING = 7;
const BYTES = 6;
const TIMESTAMP = 8;

export function frame(headers: Readonly<Record<string, string>>, payload: string | Uint8Array): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) =>
      Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(STRING), sized(Buffer.from(value))]),
    ),
  );
  const body = Buffer.from(payload as string);
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(head.length + body.length + 16, 0);
  prelude.writeUInt32BE(head.length, 4);
  const unsealed = Buffer.concat([prelude, checksum(prelude), head, body]);
  return Buffer.concat([unsealed, checksum(unsealed)]);
}

export function event(type: string, payload: unknown): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  return frame(headers, JSON.stringify(payload));
}

export function exception(type: string, payload: unknown): Buffer {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' };
  return frame(headers, JSON.stringify(payload));
}

/** The first frame in the bytes; null: not whole yet. Throws where a CRC or a length is wrong. */
export function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 12) return null;
  const total = bytes.readUInt32BE(0);
  if (bytes.length < total) return null;
  const whole = bytes.subarray(0, total);
  if (crc32(whole.subarray(0, 8)) !== whole.readUInt32BE(8)) throw new Error('prelude CRC');
  if (crc32(whole.subarray(0, total - 4)) !== whole.readUInt32BE(total - 4)) throw new Error('message CRC');
  const headersEnd = 12 + whole.readUInt32BE(4);
  const headers: Record<string, string | Date | Buffer> = {};
  for (let at = 12; at < headersEnd;) {
    const nameEnd = at + 1 + whole.readUInt8(at);
    const name = whole.toString('utf8', at + 1, nameEnd);
    const type = whole.readUInt8(nameEnd);
    if (type === TIMESTAMP) {
      headers[name] = new Date(Number(whole.readBigInt64BE(nameEnd + 1)));
      at = nameEnd + 9;
      continue;
    }
    if (type !== STRING && type !== BYTES) throw new Error(`header type ${type}`);
    const valueEnd = nameEnd + 3 + whole.readUInt16BE(nameEnd + 1);
    const value = whole.subarray(nameEnd + 3, valueEnd);
    headers[name] = type === STRING ? value.toString() : value;
    at = valueEnd;
  }
  return { headers, payload: whole.subarray(headersEnd, total - 4), end: total };
}

function sized(value: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([length, value]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
