// Other packages on the same texts, for the table that `cordon deid evaluate --peers` prints. Installed for development only.
import type { Span } from '../src/span.ts';

/** Finds in a text what the peer would remove. */
export type Peer = (text: string) => readonly Span[];

const MARK = '\ue000'; // private use: in no text that is measured

/** The peers that are installed, by the name and version to print; those that are not are absent. */
export async function loadPeers(): Promise<ReadonlyMap<string, Peer>> {
  const peers = new Map<string, Peer>();
  for (const [name, load] of [
    ['redact-pii 3.4.0', redactPii],
    ['@redactpii/node 1.0.17', redactpiiNode],
    ['compromise 14.17.0, people, places, organizations', compromise],
  ] as const) {
    const peer = await load().catch(() => null);
    if (peer !== null) peers.set(name, peer);
  }
  return peers;
}

async function redactPii(): Promise<Peer> {
  const { SyncRedactor } = await import('redact-pii');
  const redactor = new SyncRedactor({ globalReplaceWith: MARK });
  return (text) => removed(text, redactor.redact(text));
}

async function redactpiiNode(): Promise<Peer> {
  const { Redactor } = await import('@redactpii/node');
  const redactor = new Redactor({ globalReplaceWith: MARK });
  return (text) => removed(text, redactor.redact(text));
}

async function compromise(): Promise<Peer> {
  const { default: nlp } = await import('compromise');
  return (text) => {
    const document = nlp(text);
    return [document.people(), document.places(), document.organizations()].flatMap((view) =>
      (
        view.json({ offset: true }) as readonly {
          readonly offset: { readonly start: number; readonly length: number };
        }[]
      ).map(({ offset }) => spanOf(offset.start, offset.start + offset.length)),
    );
  };
}

/** What stands in `text` where `redacted` has marks: the pieces between the marks are looked up in order. */
function removed(text: string, redacted: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  const pieces = redacted.split(MARK);
  for (const [index, piece] of pieces.entries()) {
    const last = index === pieces.length - 1;
    const found = index === 0 ? 0 : last && piece === '' ? text.length : text.indexOf(piece, at + 1);
    if (found === -1) break;
    if (index > 0 && found > at) spans.push(spanOf(at, found));
    at = found + piece.length;
  }
  return spans;
}

function spanOf(start: number, end: number): Span {
  return { start, end, type: 'OTHER_ID', score: 1, rule: 'peer' };
}
