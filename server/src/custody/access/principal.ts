// Who is asking: the answer of authentication, carried by every request (spec custody §1).
import type { Permission, Role } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';

/** Data classes from least to most protected (spec boundary §3.1). */
type DataClass = 'public' | 'deidentified' | 'limited-data-set' | 'minimised-phi' | 'phi';

/** `per-encounter`: a consent record must exist; `caller-attests`: the caller's request is recorded as its statement that consent exists. */
type ConsentMode = 'per-encounter' | 'caller-attests';

/** What an API key is limited to. An empty list of capabilities, purposes, services, zones or networks means "no limit of this kind". */
export interface KeyScopes {
  readonly capabilities: readonly string[];
  readonly purposes: readonly string[];
  readonly services: readonly string[];
  readonly zones: readonly string[];
  /** Networks the key may be used from, in CIDR form. */
  readonly cidrs: readonly string[];
  readonly consentMode: ConsentMode;
  /** The lowest data class a caller with this key may claim; `phi` means it may not lower at all. */
  readonly lowestClass: DataClass;
  readonly budget: {
    /** Calls per minute; null means no limit of its own. */
    readonly callsPerMinute: number | null;
    /** Calls under way at one time. */
    readonly concurrent: number | null;
    /** Integer cents of a US dollar per calendar month (UTC). */
    readonly centsPerMonth: number | null;
    /** Tokens of language models, in and out, per calendar month (UTC). */
    readonly tokensPerMonth: number | null;
  };
}

interface Identified {
  readonly tenant: TenantId;
  readonly actor: ActorRef;
  readonly permissions: ReadonlySet<Permission>;
  /** When the credential stops by itself: the session's absolute limit or the key's expiry; null for a key without one. */
  readonly expiresAt: Date | null;
}

/** A signed-in person. */
export interface PersonPrincipal extends Identified {
  readonly kind: 'person';
  readonly personId: string;
  readonly roles: readonly Role[];
  readonly sessionId: string;
  /** Last time password and code were both given in this session. */
  readonly reauthenticatedAt: Date;
}

/** A program with an API key. It has no roles and can never sign. */
export interface KeyPrincipal extends Identified {
  readonly kind: 'key';
  readonly keyId: string;
  /** The person who answers for the key. */
  readonly ownerId: string;
  /** What the key is for, as given when it was made; also its default purpose in calls when it is one of the closed list. */
  readonly defaultPurpose: string | null;
  readonly scopes: KeyScopes;
}

export type Principal = PersonPrincipal | KeyPrincipal;
