// AWS's event stream framing, written from its description (prelude with lengths and CRC, typed headers, payload, CRC of all), apart
// from the codec that the product uses.
import { crc32 } from 'node:zlib';

const STRING = 7;

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
