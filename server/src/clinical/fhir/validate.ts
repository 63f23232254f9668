// What a bundle must hold before it leaves, beyond what a structural validator looks at: required bindings, references
// that resolve, contained resources that are used, US Core's rules for notes, and no person's name anywhere.
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { REQUIRED_BINDINGS } from './bindings.ts';
import type { RequiredBinding } from './bindings.ts';
import type { Fault } from './fault.ts';
import { usCoreFaults } from './us-core.ts';
import { isNode, valuesAt } from './walk.ts';
import type { Node } from './walk.ts';

export function bundleFaults(bundle: Bundle): Fault[] {
  const entries = bundle.entry ?? [];
  const urls = new Set(entries.map(({ fullUrl }) => fullUrl).filter((url) => url !== undefined));
  return [
    ...bindingFaults(bundle, 'Bundle'),
    ...(urls.size === entries.length ? [] : [{ path: 'Bundle.entry', rule: 'bdl-7' }]),
    ...entries.flatMap((entry, index) =>
      entry.resource === undefined
        ? [{ path: `Bundle.entry[${index}]`, rule: 'resource-missing' }]
        : resourceFaults(entry.resource, `Bundle.entry[${index}]`, urls),
    ),
  ];
}

function resourceFaults(resource: Resource, place: string, urls: ReadonlySet<string>): Fault[] {
  const path = `${place}.${resource.resourceType}`;
  return [
    ...bindingFaults(resource, path),
    ...containedOf(resource).flatMap((contained) =>
      bindingFaults(contained, `${path}.contained.${contained.resourceType}`),
    ),
    ...referenceFaults(resource, path, urls),
    ...containmentFaults(resource, path),
    ...nameFaults(resource, path),
    ...identifierFaults(resource, path),
    ...invariantFaults(resource, path),
    ...(resource.resourceType === 'DocumentReference' ? usCoreFaults(resource, path) : []),
  ];
}

function bindingFaults(resource: Resource, path: string): Fault[] {
  const bindings = REQUIRED_BINDINGS[resource.resourceType];
  if (bindings === undefined) return [{ path, rule: 'type-not-expected' }];
  return bindings.flatMap((binding) => bindingFault(resource, binding, path));
}

function bindingFault(resource: Resource, binding: RequiredBinding, path: string): Fault[] {
  const values = valuesAt(resource, binding.path);
  const wrong = values.some((value) => typeof value !== 'string' || !binding.codes.includes(value));
  const missing = binding.present && values.length === 0;
  return wrong || missing ? [{ path: `${path}.${binding.path}`, rule: missing ? 'required' : 'required-binding' }] : [];
}

function containedOf(resource: Resource): Resource[] {
  return 'contained' in resource ? (resource.contained ?? []) : [];
}

/** Every `urn:uuid` reference is in the bundle, every `#` reference in the resource. */
function referenceFaults(resource: Resource, path: string, urls: ReadonlySet<string>): Fault[] {
  const contained = new Set(containedOf(resource).map(({ id }) => `#${id}`));
  return references(resource)
    .filter((reference) =>
      reference.startsWith('#') ? !contained.has(reference) : reference.startsWith('urn:') && !urls.has(reference),
    )
    .map(() => ({ path, rule: 'reference-unresolved' }));
}

/** FHIR dom-3: what is contained is referred to. */
function containmentFaults(resource: Resource, path: string): Fault[] {
  const used = new Set(references(resource));
  return containedOf(resource)
    .filter(({ id }) => !used.has(`#${id}`))
    .map(({ resourceType }) => ({ path: `${path}.contained.${resourceType}`, rule: 'dom-3' }));
}

function references(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(references);
  if (!isNode(node)) return [];
  const own = typeof node['reference'] === 'string' ? [node['reference']] : [];
  const attached =
    isNode(node['attachment']) && typeof node['attachment']['url'] === 'string' ? [node['attachment']['url']] : [];
  return [...own, ...attached, ...Object.values(node).flatMap(references)];
}

/** People stand by identifier: no HumanName, no birth date, no display on a reference (spec clinical §7). */
function nameFaults(node: unknown, path: string): Fault[] {
  if (Array.isArray(node)) return node.flatMap((member) => nameFaults(member, path));
  if (!isNode(node)) return [];
  const own = ['birthDate', 'telecom', 'address'].some((key) => key in node && !isNetwork(node)) || hasName(node);
  return [
    ...(own ? [{ path, rule: 'person-named' }] : []),
    ...Object.entries(node).flatMap(([key, member]) => nameFaults(member, `${path}.${key}`)),
  ];
}

function hasName(node: Node): boolean {
  const isReference = 'reference' in node || 'identifier' in node;
  return Array.isArray(node['name']) || (isReference && 'display' in node);
}

/** AuditEvent.agent.network has an `address` that is no postal one. */
function isNetwork(node: Node): boolean {
  return 'address' in node && 'type' in node;
}

/** An identifier says in which system it is one: matching goes by both (spec clinical §7). A system is an absolute URI. */
function identifierFaults(node: unknown, path: string): Fault[] {
  if (Array.isArray(node)) return node.flatMap((member) => identifierFaults(member, path));
  if (!isNode(node)) return [];
  const found = [node['identifier']].flat().filter(isNode);
  const wrong = found.some(({ system, value }) => !isAbsoluteUri(system) || typeof value !== 'string' || value === '');
  return [
    ...(wrong ? [{ path: `${path}.identifier`, rule: 'identifier-system' }] : []),
    ...Object.entries(node).flatMap(([key, member]) => identifierFaults(member, `${path}.${key}`)),
  ];
}

function isAbsoluteUri(system: unknown): boolean {
  return typeof system === 'string' && /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(system);
}

/** cmp-1: a section says something. ppc-1: a consent names its policy. */
function invariantFaults(resource: Resource, path: string): Fault[] {
  if (resource.resourceType === 'Composition') {
    const empty = (resource.section ?? []).filter(({ text, entry, section }) => !text && !entry && !section);
    return empty.map(() => ({ path: `${path}.section`, rule: 'cmp-1' }));
  }
  if (resource.resourceType === 'Consent') {
    return resource.policy || resource.policyRule ? [] : [{ path, rule: 'ppc-1' }];
  }
  return [];
}
