// Why the headers of a Vorbis stream cannot be used: thrown inside the codec, answered by `vorbis.ts`.

export class SetupRefused extends Error {
  readonly reason: 'header_invalid' | 'too_large' | 'unsupported';

  constructor(reason: 'header_invalid' | 'too_large' | 'unsupported') {
    super(reason);
    this.reason = reason;
  }
}

export function must(holds: boolean): void {
  if (!holds) throw new SetupRefused('header_invalid');
}
