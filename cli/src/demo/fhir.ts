// The FHIR bundle of a signed note, counted by resource. A demonstration note may be refused: it is no medical record.
import type { Schemas } from '@cordon/sdk';
import { answered, type Api, isRefusal } from '#connection/api.ts';
import type { Context } from '#context.ts';
import { beginStage } from '#terminal/progress.ts';

export type TakenBundle =
  | { readonly taken: true; readonly resources: Readonly<Record<string, number>> }
  | { readonly taken: false; readonly code: string };

export async function takeFhir({ terminal }: Context, api: Api, id: string): Promise<TakenBundle> {
  const stage = beginStage(terminal, 'FHIR R4 bundle');
  try {
    const bundle = await answered(api.GET('/api/notes/{id}/fhir', { params: { path: { id } } }));
    const resources = counted(bundle);
    stage.done(
      Object.entries(resources)
        .map(([type, count]) => (count === 1 ? type : `${count} ${type}`))
        .join(', '),
    );
    return { taken: true, resources };
  } catch (error) {
    if (!isRefusal(error, 'demo_note')) {
      stage.abandon();
      throw error;
    }
    stage.done('refused, as it must be: a demonstration note cannot be filed');
    return { taken: false, code: error.code };
  }
}

function counted(bundle: Schemas['FhirBundle']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of bundle.entry) {
    const { resource } = entry;
    if (typeof resource !== 'object' || resource === null || !('resourceType' in resource)) continue;
    const type = String(resource.resourceType);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
