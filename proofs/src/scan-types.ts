// The types of docs/formats/entry.md §3, as they are written there, each with the function that reads one such value.
import { literal } from './scanner.ts';
import type { Scanner } from './scanner.ts';

export type TypeReader = (scanner: Scanner) => void;

const QUOTE = literal('"');
const NULL = literal('null');
const OPEN = literal('[');
const CLOSE = literal(']');
const COMMA = literal(',');

const quoted =
  (read: TypeReader): TypeReader =>
  (scanner) => {
    scanner.expect(QUOTE);
    read(scanner);
    scanner.expect(QUOTE);
  };

const orNull =
  (read: TypeReader): TypeReader =>
  (scanner) => {
    if (!scanner.skip(NULL)) read(scanner);
  };

const arrayOf =
  (read: TypeReader): TypeReader =>
  (scanner) => {
    scanner.expect(OPEN);
    if (scanner.skip(CLOSE)) return;
    do read(scanner);
    while (scanner.skip(COMMA));
    scanner.expect(CLOSE);
  };

/** An object with exactly these members, in order. */
const objectOf = (members: readonly (readonly [name: string, read: TypeReader])[]): TypeReader => {
  const steps = members.map(([name, read], at) => ({ before: literal(`${at === 0 ? '{' : ','}"${name}":`), read }));
  const end = literal('}');
  return (scanner) => {
    for (const step of steps) {
      scanner.expect(step.before);
      step.read(scanner);
    }
    scanner.expect(end);
  };
};

const oneOf = (words: readonly string[]): TypeReader => {
  const options = words.map((word) => literal(`"${word}"`));
  return (scanner) => {
    for (const option of options) if (scanner.skip(option)) return;
    scanner.fail();
  };
};

const token = quoted((scanner) => {
  scanner.token();
});
const uuid = quoted((scanner) => {
  scanner.uuid();
});
const time = quoted((scanner) => {
  scanner.time();
});
const digest = quoted((scanner) => {
  scanner.digest();
});
const int: TypeReader = (scanner) => {
  scanner.int();
};
const version: TypeReader = (scanner) => {
  if (scanner.int() === 0) scanner.fail();
};
/** Strict base64 is checked where the bytes are used: no rule needs them on the way. */
const base64 = token;
const basis = objectOf([
  ['id', uuid],
  ['type', oneOf(['agreement', 'attestation', 'method'])],
  ['version', version],
]);
const route = objectOf([
  ['basis', basis],
  ['pattern', oneOf(['baa-cloud', 'deid-cloud', 'on-prem', 'vpc'])],
  ['service', token],
]);

const READERS: ReadonlyMap<string, TypeReader> = new Map<string, TypeReader>([
  ['token', token],
  ['token|null', orNull(token)],
  ['uuid', uuid],
  ['uuid|null', orNull(uuid)],
  ['time', time],
  ['time|null', orNull(time)],
  ['digest', digest],
  ['int', int],
  ['version', version],
  ['base64', base64],
  ['[token]', arrayOf(token)],
  ['[uuid]', arrayOf(uuid)],
  ['basis|null', orNull(basis)],
  ['[route]', arrayOf(route)],
  [
    '{"from":int,"to":int}',
    objectOf([
      ['from', int],
      ['to', int],
    ]),
  ],
  [
    '{"channels":int,"codec":token,"durationMs":int,"sampleRate":int}',
    objectOf([
      ['channels', int],
      ['codec', token],
      ['durationMs', int],
      ['sampleRate', int],
    ]),
  ],
]);

/** The reader of a type of kinds.ts. A type without one is an error of this package, found when it is loaded. */
export function typeReader(type: string): TypeReader {
  const known = READERS.get(type);
  if (known !== undefined) return known;
  const words = type.split('|').map((word) => /^"([a-z_-]+)"$/.exec(word)?.[1]);
  if (words.some((word) => word === undefined)) throw new TypeError('a kind has a member of a type that has no reader');
  return oneOf(words.filter((word) => word !== undefined));
}
