// The index of an MP4 file, the `moov` box: what codec its sound has, and its chunk offsets moved when the box itself is moved to the front.
// Boxes are gone into along the known path only (ISO/IEC 14496-12 §8).

interface Box {
  readonly type: string;
  readonly body: Uint8Array;
}

const OFFSETS_PATH = ['trak', 'mdia', 'minf', 'stbl'];

/** Four-character codes that have a name of their own. */
const CODEC_NAMES: ReadonlyMap<string, string> = new Map([
  ['mp4a', 'aac'],
  ['samr', 'amr'],
  ['sawb', 'amr-wb'],
  ['.mp3', 'mp3'],
]);

/** Of the first sound track: `aac`, `alac`, `opus`…; empty when there is none, null when a box does not fit into its parent. */
export function soundCodec(moov: Uint8Array): string | null {
  const tracks = childrenAlong([bodyOf(moov)], ['trak']);
  if (tracks === null) return null;
  for (const track of tracks) {
    const handlers = childrenAlong([track], ['mdia', 'hdlr']);
    const descriptions = childrenAlong([track], ['mdia', 'minf', 'stbl', 'stsd']);
    if (handlers === null || descriptions === null) return null;
    if (!handlers.some((body) => latin1(body.subarray(8, 12)) === 'soun')) continue;
    const [description = new Uint8Array(0)] = descriptions;
    const code = latin1(description.subarray(12, 16));
    return CODEC_NAMES.get(code) ?? (code.toLowerCase().replaceAll(/[^a-z0-9-]/g, '') || 'unknown');
  }
  return '';
}

/** Whether an edit list or iTunes' own note says what an encoder put before the sound. Recorders that write fragments say nothing. */
export function saysWhereSoundBegins(moov: Uint8Array): boolean {
  const edits = childrenAlong([bodyOf(moov)], ['trak', 'edts', 'elst']);
  return (edits !== null && edits.length > 0) || Buffer.from(moov).includes('iTunSMPB', 0, 'latin1');
}

/**
 * A copy whose chunk offsets from `from` up to `to` are `by` bytes higher. Null when a box does not fit into its parent, or an offset
 * into its field.
 */
export function moveChunks(moov: Uint8Array, from: number, to: number, by: number): Uint8Array | null {
  const copy = new Uint8Array(moov);
  const tables = childrenAlong([bodyOf(copy)], OFFSETS_PATH);
  if (tables === null) return null;
  for (const table of tables) {
    const boxes = readBoxes(table);
    if (boxes === null) return null;
    for (const { type, body } of boxes) {
      if (type === 'stco' && !moveEach(body, 4, { from, to, by })) return null;
      if (type === 'co64' && !moveEach(body, 8, { from, to, by })) return null;
    }
  }
  return copy;
}

function moveEach(
  body: Uint8Array,
  width: 4 | 8,
  { from, to, by }: { readonly from: number; readonly to: number; readonly by: number },
): boolean {
  if (body.length < 8) return false;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = view.getUint32(4);
  if (8 + count * width > body.length) return false;
  for (let at = 8; at < 8 + count * width; at += width) {
    const offset = width === 4 ? view.getUint32(at) : Number(view.getBigUint64(at));
    if (offset < from || offset >= to) continue;
    const moved = offset + by;
    if (width === 4 && moved > 0xffff_ffff) return false;
    if (width === 4) view.setUint32(at, moved);
    else view.setBigUint64(at, BigInt(moved));
  }
  return true;
}

/** Bodies of the boxes that lie on the path, or null when one on the way is malformed. */
function childrenAlong(bodies: readonly Uint8Array[], path: readonly string[]): Uint8Array[] | null {
  let found = [...bodies];
  for (const wanted of path) {
    const next: Uint8Array[] = [];
    for (const body of found) {
      const boxes = readBoxes(body);
      if (boxes === null) return null;
      for (const box of boxes) if (box.type === wanted) next.push(box.body);
    }
    found = next;
  }
  return found;
}

function readBoxes(bytes: Uint8Array): Box[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  // QuickTime ends some lists with four zero bytes.
  for (let at = 0; at + 8 <= bytes.length;) {
    const short = view.getUint32(at);
    if (short === 1 && at + 16 > bytes.length) return null;
    const header = short === 1 ? 16 : 8;
    const size = short === 0 ? bytes.length - at : short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    if (size < header || at + size > bytes.length) return null;
    boxes.push({ type: latin1(bytes.subarray(at + 4, at + 8)), body: bytes.subarray(at + header, at + size) });
    at += size;
  }
  return boxes;
}

function bodyOf(box: Uint8Array): Uint8Array {
  const long = box[0] === 0 && box[1] === 0 && box[2] === 0 && box[3] === 1;
  return box.subarray(long ? 16 : 8);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
