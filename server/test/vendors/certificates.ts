// Certificates for a test, made by openssl(1): an authority, and what it signs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly ca: string;
  /** Valid from now for so many days; 0: no longer than now. */
  issue(host: string, days?: number): Pair;
  close(): void;
}

export function createAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-authority-'));
  const at = (name: string): string => join(directory, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  run([
    'req',
    '-x509',
    ...curve,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
  ]);
  let made = 0;
  return {
    ca: readFileSync(at('ca.crt'), 'utf8'),
    issue: (host, days = 1) => {
      const name = `leaf-${(made += 1)}`;
      const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) => at(`${name}.${end}`)) as [
        string,
        string,
        string,
        string,
      ];
      run(['req', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${host}`]);
      writeFileSync(extensions, `subjectAltName=DNS:${host}\n`);
      run([
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        at('ca.crt'),
        '-CAkey',
        at('ca.key'),
        '-CAcreateserial',
        '-extfile',
        extensions,
        '-days',
        String(days),
        '-out',
        cert,
      ]);
      return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    },
    close: () => rmSync(directory, { recursive: true }),
  };
}

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
