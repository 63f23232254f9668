// Bedrock hands every prompt and answer to a log of the account where model invocation logging is on
// (API reference, GetModelInvocationLoggingConfiguration). How long that log keeps them it does not say.
import type { Clock } from '#kernel/clock.ts';
import type { Target } from '#boundary/egress/adapter.ts';
import { signRequest } from '#boundary/egress/adapters/aws-events.ts';
import { awsCredentialsOf, awsRegionOf, endpointOf } from '#boundary/egress/adapters/aws.ts';
import { memberAt } from '#boundary/egress/adapters/wire-check.ts';
import { readConfiguration, SILENT, type VendorProbe } from './probe.ts';

const PATH = '/logging/modelinvocations';

/** The runtime's name in DNS; the control plane, which is asked, has its own. */
const RUNTIME = /^bedrock-runtime(-fips)?\.([a-z0-9-]+\.amazonaws\.com(?:\.cn)?)$/;

export function probeBedrock(clock: Clock): VendorProbe {
  return async (door, target, signal) => {
    const control = controlPlaneOf(target);
    if (control === null) return SILENT; // an endpoint in a VPC leads to the runtime alone
    const host = new URL(endpointOf(control.service)).host;
    const credentials = awsCredentialsOf(await door.secret(target));
    const by = { credentials, region: awsRegionOf(target.service), service: 'bedrock', now: () => clock.now() };
    const headers = signRequest('GET', host, PATH, by);
    const config = (await readConfiguration(door, control, { path: PATH, headers }, signal))['loggingConfig'];
    const what = target.service.capability === 'embed' ? 'embeddingDataDeliveryEnabled' : 'textDataDeliveryEnabled';
    const delivered = memberAt(config, 's3Config') !== undefined || memberAt(config, 'cloudWatchConfig') !== undefined;
    // The member is documented as optional: left out where a log is configured, it is not taken for off.
    return { retentionDays: delivered && memberAt(config, what) !== false ? 'unknown' : 0 };
  };
}

function controlPlaneOf(target: Target): Target | null {
  const url = new URL(endpointOf(target.service));
  if (url.hostname.includes('vpce')) return null;
  const [, fips = '', rest] = RUNTIME.exec(url.hostname) ?? [];
  const endpoint = rest === undefined ? url.origin : `https://bedrock${fips}.${rest}`;
  return { ...target, service: { ...target.service, endpoint } };
}
