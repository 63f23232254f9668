// The configuration as `cordon doctor` shows it: everything but secrets.
import type { Config } from './config.ts';

export function describeConfig(config: Config): Readonly<Record<string, string>> {
  const { listen, database, egressProxy } = config;
  return {
    home: config.home,
    keys: config.keys,
    anchors: config.anchors,
    secrets: config.secrets,
    models: config.models ?? 'cache or default model',
    speechModel: config.speechModel ?? 'the first found',
    listen: `${listen.tls === null ? 'http' : 'https'}://${listen.host}:${listen.port}`,
    trustedProxies: listen.trustedProxies.join(', ') || 'none',
    hosts: listen.hosts?.join(', ') ?? 'any',
    database:
      database.kind === 'embedded'
        ? 'embedded'
        : `${database.target.user}:***@${database.target.host}:${database.target.port}/${database.target.database} (TLS ${database.target.tls.mode})`,
    airGapped: String(config.airGapped),
    egressProxy:
      egressProxy === null
        ? 'none'
        : `${egressProxy.host}:${egressProxy.port}, names looked up ${egressProxy.names === 'here' ? 'here' : 'by it'}`,
    mayFetch: String(config.mayFetch),
    mayInstallPackages: String(config.mayInstallPackages),
    keyBackupDays: String(config.keyBackupDays),
    retentionProfile: config.retentionProfile,
    logLevel: config.logLevel,
  };
}
