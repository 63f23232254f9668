// Every contradiction is refused, all of them together, and no secret is quoted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProblem } from '@cordon/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import type { Config } from './config.ts';
import { describeConfig } from './describe.ts';
import { readEnvironment } from './env.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-config-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

function load(env: Record<string, string> = {}, yaml?: string): Config {
  if (yaml !== undefined) writeFileSync(join(home, 'cordon.yaml'), yaml);
  return loadConfig(readEnvironment({ CORDON_HOME: home, ...env }));
}

function faultsOf(env: Record<string, string> = {}, yaml?: string): readonly string[] {
  try {
    load(env, yaml);
  } catch (error) {
    if (isProblem(error) && error.code === 'configuration_invalid') return error.details['faults'] as string[];
    throw error;
  }
  return [];
}

test('with nothing set it is the embedded, local installation', () => {
  expect(load()).toEqual({
    home,
    keys: `${home}-keys`,
    anchors: `${home}-anchors`,
    secrets: `${home}-secrets`,
    models: null,
    speechModel: null,
    listen: {
      host: '127.0.0.1',
      port: 8788,
      tls: null,
      trustedProxies: [],
      hosts: ['localhost', '127.0.0.1', '[::1]'],
    },
    database: { kind: 'embedded' },
    airGapped: false,
    egressProxy: null,
    mayFetch: true,
    mayInstallPackages: true,
    keyBackupDays: 7,
    retentionProfile: 'record',
    logLevel: 'info',
  });
});

test('the environment is above the file, and the result cannot be changed', () => {
  const config = load(
    { CORDON_PORT: '1234', CORDON_NO_APT: '1' },
    'port: 99\nretention_profile: minimise\nmodels: models',
  );
  expect(config).toMatchObject({
    mayInstallPackages: false,
    retentionProfile: 'minimise',
    models: join(home, 'models'),
  });
  expect(config.listen.port).toBe(1234);
  expect(() => Object.assign(config.listen, { port: 1 })).toThrow(TypeError);
});

test('all faults come together', () => {
  const faults = faultsOf(
    { CORDON_PORT: 'x', CORDON_HSOT: '1', CORDON_KEYS: join(home, 'keys'), DATABASE_URL: 'mysql://u:geheim@h/d' },
    'retention_profile: forever\nspeed: 3',
  );
  expect(faults).toEqual([
    'CORDON_HSOT is no setting of Cordon',
    'cordon.yaml: retention_profile is not as docs/operate/configuration.md says',
    'cordon.yaml: unknown speed',
    'DATABASE_URL is not a postgresql:// URL',
    'CORDON_KEYS lies in CORDON_HOME; they must be apart',
    'CORDON_PORT is not a whole number from 0 to 65535',
  ]);
  expect(faults.join()).not.toContain('geheim');
});

test('a home within the keys, or two directories that are one, are refused too', () => {
  expect(faultsOf({ CORDON_KEYS: join(home, '..') })).toContain('CORDON_HOME lies in CORDON_KEYS; they must be apart');
  const same = faultsOf({ CORDON_KEYS: '/x/keys', CORDON_ANCHORS: '/x/keys/' });
  expect(same).toEqual(['CORDON_ANCHORS lies in CORDON_KEYS; they must be apart']);
  expect(faultsOf({ CORDON_KEYS: '/x/..keys', CORDON_ANCHORS: '/x' })).toHaveLength(1);
});

test('other machines may reach it only over TLS or through a declared proxy', () => {
  const fault = expect.stringContaining('reachable from other machines');
  expect(faultsOf({ CORDON_HOST: '0.0.0.0' })).toEqual([fault]);
  expect(faultsOf({ CORDON_HOST: '::' })).toEqual([fault]);
  expect(faultsOf({ CORDON_HOST: '127.0.0.1.evil.example' })).toEqual([fault]);
  expect(faultsOf({ CORDON_HOST: '0.0.0.0' }, 'behind_proxy: { trusted: [] }')).not.toEqual([]);
  expect(faultsOf({ CORDON_HOST: '0.0.0.0' }, 'behind_proxy: { trusted: [10.0.0.0/8, "fd00::/8"] }')).toEqual([]);
  expect(faultsOf({}, 'behind_proxy: { trusted: [10.0.0.0/33] }')).toHaveLength(1);
  expect(faultsOf({ CORDON_HOST: '0.0.0.0' }, 'tls: { certificate: c.pem, key: k.pem }')).toHaveLength(2);
  writeFileSync(join(home, 'c.pem'), '');
  writeFileSync(join(home, 'k.pem'), '');
  expect(load({ CORDON_HOST: '0.0.0.0' }, 'tls: { certificate: c.pem, key: k.pem }').listen).toMatchObject({
    hosts: null,
    tls: { keyFile: join(home, 'k.pem') },
  });
});

test.each([
  ['postgresql://u:p@db.example/cordon', false],
  ['postgresql://u:p@db.example/cordon?sslmode=require', false],
  ['postgresql://u:p@10.0.0.5/cordon?sslmode=prefer', false],
  ['postgresql://u:p@localhost.example/cordon', false],
  ['postgresql://u:p@/cordon', false],
  ['postgresql://u:p@localhost', false],
  ['postgresql://u:p@db.example/cordon?sslmode=verify-full', true],
  ['postgresql://u:p@127.0.0.1:5433/cordon', true],
  ['postgresql://u:p@[::1]/cordon', true],
  ['postgresql://u:p@%2Fvar%2Frun%2Fpostgresql/cordon', true],
])('DATABASE_URL %s: %s', (url, allowed) => {
  expect(faultsOf({ DATABASE_URL: url }).length === 0).toBe(allowed);
});

test('an external database comes from the environment or from a file, not both, and installs nothing', () => {
  const file = join(home, 'url');
  writeFileSync(file, 'postgresql://u:geheim@127.0.0.1/cordon\n');
  const config = load({ DATABASE_URL_FILE: file });
  expect(config).toMatchObject({ database: { kind: 'external', target: { password: 'geheim', port: 5432 } } });
  expect(config.mayInstallPackages).toBe(false);
  expect(JSON.stringify(describeConfig(config))).not.toContain('geheim');
  expect(describeConfig(config)['database']).toBe('u:***@127.0.0.1:5432/cordon (TLS off)');
  expect(faultsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgresql://u:p@localhost/c' })).toHaveLength(1);
  expect(faultsOf({ DATABASE_URL_FILE: join(home, 'none') })).toEqual(['DATABASE_URL_FILE cannot be read']);
});

test('a secret in cordon.yaml is refused without being shown', () => {
  const faults = faultsOf({}, 'database_url: postgresql://u:geheim@h/d\n"postgresql://u:geheim@h": 1');
  expect(faults).toEqual(['cordon.yaml: unknown database_url']);
  expect(faultsOf({}, 'port: [')).toEqual(['cordon.yaml is not YAML']);
  expect(faultsOf({}, '- a')).toHaveLength(1);
});

test('a proxy is declared whole, without its password, and not in an air gap', () => {
  expect(load({}, 'egress_proxy: { url: "http://proxy.example:3128", services: [acme] }').egressProxy).toEqual({
    host: 'proxy.example',
    port: 3128,
    secure: false,
    names: 'here',
    services: ['acme'],
  });
  expect(load({}, 'egress_proxy: { url: "https://[::1]", names: proxy }').egressProxy).toMatchObject({
    host: '::1',
    port: 443,
    secure: true,
    names: 'proxy',
  });
  const noUrl = 'egress_proxy.url is not http(s)://host[:port]; its password belongs into the secrets';
  for (const url of ['http://user:word@proxy', 'socks5://proxy', 'proxy:3128', 'http://proxy/path'])
    expect(faultsOf({}, `egress_proxy: { url: "${url}" }`)).toEqual([noUrl]);
  expect(faultsOf({ CORDON_AIR_GAPPED: '1' }, 'egress_proxy: { url: "http://proxy" }')).toEqual([
    'egress_proxy leads out, and air_gapped lets nothing out',
  ]);
});
