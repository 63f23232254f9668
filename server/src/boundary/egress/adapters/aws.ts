// What Amazon's services share: credentials in the secret, the region that a signature is made for, words of errors.
import { ProblemError } from '@cordon/contract';
import type { Service } from '#boundary/policy/snapshot.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** `{"accessKeyId": …, "secretAccessKey": …, "sessionToken"?: …}`. Errors: `credential_unusable`. */
export function awsCredentialsOf(secret: string | null): AwsCredentials {
  const fields = jsonSecret(secret);
  const { accessKeyId, secretAccessKey, sessionToken = null } = fields;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') throw unusableSecret();
  if (sessionToken !== null && typeof sessionToken !== 'string') throw unusableSecret();
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** A secret that is a JSON object. Nothing of it enters an error. */
export function jsonSecret(secret: string | null): Readonly<Record<string, unknown>> {
  let value: unknown = null;
  try {
    value = JSON.parse(secret ?? '');
  } catch {
    // `value` says it.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusableSecret();
  return value as Readonly<Record<string, unknown>>;
}

/** The secret is there but has not the form that the adapter needs (docs/formats/adapters.md). */
export function unusableSecret(): ProblemError {
  return new ProblemError('credential_unusable', { reason: 'form' });
}

/** A field of the service's row that the adapter cannot use. */
export function unusable(field: string): ProblemError {
  return new ProblemError('configuration_invalid', { faults: [field] });
}

// `bedrock-runtime.us-east-1.amazonaws.com`, `vpce-….bedrock-runtime.us-east-1.vpce.amazonaws.com`, China and GovCloud alike.
const REGION_IN_HOST = /\.([a-z]{2,4}(?:-[a-z]+){1,3}-\d+)\.(?:vpce\.)?(?:amazonaws\.|api\.aws$)/;
const REGION = /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d+$/;

/** The region of a signature: the endpoint's own where it names one, else the row's region of inference. */
export function awsRegionOf(service: Service): string {
  const host = new URL(endpointOf(service)).hostname;
  const named = REGION_IN_HOST.exec(host)?.[1] ?? service.regions.inference;
  if (!REGION.test(named)) throw unusable('regions.inference');
  return named;
}

/** The row's endpoint without a trailing slash. Errors: `configuration_invalid`. */
export function endpointOf(service: Service): string {
  if (service.endpoint === null || !URL.canParse(service.endpoint)) throw unusable('endpoint');
  return service.endpoint.replace(/\/+$/, '');
}

const WORDS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'BadRequestException',
  'ConflictException',
  'ExpiredTokenException',
  'InternalFailureException',
  'InternalServerException',
  'InvalidSignatureException',
  'LimitExceededException',
  'ModelErrorException',
  'ModelNotReadyException',
  'ModelTimeoutException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** AWS names its errors in a header; the sentence in the body quotes the request. */
export function awsErrorWord(headers: Headers): string | null {
  const word = headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
  return WORDS.has(word) ? word : null;
}
