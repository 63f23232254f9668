// Which container a file is, told by its first bytes and never by its name or declared type.

export type Container = 'wav' | 'flac' | 'mp3' | 'ogg' | 'webm' | 'mp4' | 'aac' | 'aiff' | 'caf' | 'amr' | 'wma' | 'au';

/** Bytes needed to tell every container that is known here. */
export const SNIFF_BYTES = 12;

const MAGIC: readonly (readonly [Container, number, string])[] = [
  ['flac', 0, 'fLaC'],
  ['ogg', 0, 'OggS'],
  ['webm', 0, '\u001aE\u00df\u00a3'],
  ['mp4', 4, 'ftyp'],
  ['mp3', 0, 'ID3'],
  ['aiff', 0, 'FORM'],
  ['caf', 0, 'caff'],
  ['amr', 0, '#!AMR'],
  ['wma', 0, '0&\u00b2u\u008ef\u00cf'],
  ['au', 0, '.snd'],
  ['wav', 0, 'RIFX'],
];

/** The container, or null when the bytes are none of the known ones. Give at least `SNIFF_BYTES` where there are so many. */
export function sniffContainer(head: Uint8Array): Container | null {
  if (isWave(head)) return 'wav';
  const named = MAGIC.find(([, offset, magic]) => hasAt(head, offset, magic));
  if (named !== undefined) return named[0];
  return mpegFrame(head);
}

function isWave(head: Uint8Array): boolean {
  return (hasAt(head, 0, 'RIFF') || hasAt(head, 0, 'RF64') || hasAt(head, 0, 'BW64')) && hasAt(head, 8, 'WAVE');
}

/** An MPEG audio frame begins with eleven set bits; layer bits 00 mean ADTS (AAC), ISO/IEC 13818-7 §6.2. */
function mpegFrame(head: Uint8Array): Container | null {
  const [first = 0, second = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  if ((second & 0xf6) === 0xf0) return 'aac';
  return (second & 0x06) === 0 ? null : 'mp3';
}

function hasAt(bytes: Uint8Array, offset: number, magic: string): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let index = 0; index < magic.length; index++) {
    if (bytes[offset + index] !== magic.charCodeAt(index)) return false;
  }
  return true;
}
