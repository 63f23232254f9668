// Where models are published, as a stand-in on this machine: HTTPS, ranges (RFC 9110 §14), and the ways in which such a place fails.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Download } from '#clinical/transcription/pull-model.ts';
import type { CatalogueEntry } from '#clinical/transcription/published-model.ts';
import { download } from '#platform/outbound/download.ts';

export interface ModelHost {
  readonly url: string;
  /** PEM, for another process to trust. */
  readonly certificate: string;
  /** The server's own download, trusting this host's certificate. */
  readonly download: Download;
  /** Byte ranges that were asked for, per path: where each began. */
  readonly asked: readonly { readonly path: string; readonly from: number }[];
  publish(path: string, content: Uint8Array): void;
  /** The next answer breaks off after so many bytes. */
  cutNextAfter(bytes: number): void;
  /** The next answer stops after so many bytes and says nothing more. */
  holdNextAfter(bytes: number): void;
  /** Answers from now on: the whole file whatever range is asked for; or this status. */
  ignoreRanges(): void;
  answerWith(status: number): void;
  close(): Promise<void>;
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A catalogue entry for files that the host publishes under the model's id. */
export function entryOn(
  host: ModelHost,
  base: Pick<CatalogueEntry, 'id' | 'family'>,
  files: readonly {
    readonly role: string;
    readonly name: string;
    readonly content: Uint8Array;
    readonly pinned?: boolean;
  }[],
): CatalogueEntry {
  return {
    ...base,
    languages: ['en'],
    licence: 'MIT',
    about: 'A stand-in.',
    source: host.url,
    accuracy: [],
    speed: [],
    files: files.map(({ role, name, content, pinned }) => {
      host.publish(`/${base.id}/${name}`, content);
      const url = `${host.url}/${base.id}/${name}`;
      return { role, name, url, bytes: content.length, sha256: pinned === false ? null : sha256(content) };
    }),
  };
}

export async function startModelHost(): Promise<ModelHost> {
  const files = new Map<string, Uint8Array>();
  const asked: { path: string; from: number }[] = [];
  const faults = { cut: null as Cut | null, ranges: true, status: null as number | null };
  const { cert, key } = certificate();
  const server = createServer({ cert, key }, (request, response) => {
    const path = request.url ?? '';
    const content = files.get(path);
    const from = faults.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    asked.push({ path, from });
    if (faults.status !== null || content === undefined) {
      response.writeHead(faults.status ?? 404).end();
      return;
    }
    const cut = faults.cut;
    faults.cut = null;
    send(response, content, from, cut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ ca: cert });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate: cert.toString(),
    download: (url, offset, signal) => download(url, offset, signal, agent),
    asked,
    publish: (path, content) => void files.set(path, content),
    cutNextAfter: (bytes) => (faults.cut = { after: bytes, hold: false }),
    holdNextAfter: (bytes) => (faults.cut = { after: bytes, hold: true }),
    ignoreRanges: () => (faults.ranges = false),
    answerWith: (status) => (faults.status = status),
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Cut {
  readonly after: number;
  readonly hold: boolean;
}

function send(response: ServerResponse, content: Uint8Array, from: number, cut: Cut | null): void {
  const rest = content.subarray(from);
  const range = `bytes ${from}-${content.length - 1}/${content.length}`;
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': String(rest.length),
    ...(from > 0 ? { 'content-range': range } : {}),
  });
  if (cut === null) response.end(rest);
  else response.write(rest.subarray(0, cut.after), () => cut.hold || setTimeout(() => response.destroy(), 20));
}

/** For `localhost`, valid a day; made by openssl(1), which Debian's ca-certificates bring. */
function certificate(): { readonly cert: Buffer; readonly key: Buffer } {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-host-'));
  try {
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const options = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost';
    const named = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert];
    const made = spawnSync('openssl', [...options.split(' '), ...named]);
    if (made.status !== 0) throw new Error(`openssl made no certificate: ${String(made.stderr)}`);
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
