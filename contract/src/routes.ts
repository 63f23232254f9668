// The one route table. Everything that speaks of routes is made from it: see route.ts for what a row says.
import { boundaryRoutes } from './boundary.ts';
import { budgetRoutes } from './budgets.ts';
import { custodyRoutes } from './custody.ts';
import { deidRoutes } from './deid.ts';
import { draftRoutes } from './drafts.ts';
import { encounterRoutes } from './encounters.ts';
import { jobRoutes } from './jobs.ts';
import { ledgerRoutes } from './ledger.ts';
import { liveRoutes } from './live.ts';
import { lookRoutes } from './looks.ts';
import { methodRoutes } from './method-routes.ts';
import { modelCallRoutes } from './models.ts';
import { noteRoutes } from './notes.ts';
import { openaiRoutes } from './openai.ts';
import { operateRoutes } from './operate.ts';
import { peopleRoutes } from './people.ts';
import { plannerRoutes } from './planner.ts';
import { registryRoutes } from './registry-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './session.ts';
import { recordingRoutes, transcriptRoutes } from './transcripts.ts';
import { vocabularyRoutes } from './vocabulary.ts';

export const ROUTES = {
  ...openaiRoutes,
  ...modelCallRoutes,
  ...liveRoutes,
  ...sessionRoutes,
  ...peopleRoutes,
  ...encounterRoutes,
  ...lookRoutes,
  ...recordingRoutes,
  ...transcriptRoutes,
  ...vocabularyRoutes,
  ...draftRoutes,
  ...noteRoutes,
  ...ledgerRoutes,
  ...registryRoutes,
  ...methodRoutes,
  ...plannerRoutes,
  ...boundaryRoutes,
  ...budgetRoutes,
  ...policyRoutes,
  ...custodyRoutes,
  ...deidRoutes,
  ...jobRoutes,
  ...operateRoutes,
} as const satisfies Record<string, Route>;

/** `createEncounter`, `signNote`… also the operationId in the OpenAPI document. */
export type RouteId = keyof typeof ROUTES;
export type RouteTable = typeof ROUTES;

/** Rows with their ids, in the order of the table. */
export function routeRows(): readonly { readonly id: RouteId; readonly route: Route }[] {
  return (Object.keys(ROUTES) as RouteId[]).map((id) => ({ id, route: ROUTES[id] }));
}
