// The speech models of the installation. They are every tenant's, so those who run the installation keep them (docs/decisions/0027).
import type {
  AvailableModel,
  InstalledModel as WireInstalled,
  Model as WireModel,
  ModelPull as WirePull,
} from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { wholePage } from '#api/routing/page.ts';
import { bytesOf, isPinned, manifestOf } from '#clinical/transcription/model-catalogue.ts';
import { nameOf } from '#clinical/transcription/model-shelf.ts';
import type {
  InstalledModel,
  ModelChange,
  ModelShelf,
  PullProgress,
  RecordChange,
  ShelvedModel,
} from '#clinical/transcription/model-shelf.ts';
import type { CatalogueEntry } from '#clinical/transcription/published-model.ts';
import type { AccessContext } from '#custody/access/context.ts';
import type { Principal } from '#custody/access/principal.ts';
import { mustRunInstallation } from '#custody/access/tenants.ts';
import type { Ledger } from '#custody/ledger/ledger.ts';

type ModelHandlers = Pick<
  Handlers,
  | 'listSpeechModels'
  | 'verifySpeechModel'
  | 'listAvailableSpeechModels'
  | 'pullSpeechModel'
  | 'getSpeechModelPull'
  | 'importSpeechModel'
  | 'removeSpeechModel'
>;

export interface ModelApiParts {
  readonly access: AccessContext;
  readonly ledger: Ledger;
  readonly shelf: ModelShelf;
}

/** Every model here is run by the one native library. */
const ENGINE = 'sherpa-onnx';

export function modelHandlers({ access, ledger, shelf }: ModelApiParts): ModelHandlers {
  const keeper = async ({ tenant }: Principal): Promise<void> => mustRunInstallation(access, tenant);
  const recorder =
    (principal: Principal): RecordChange =>
    (change) =>
      recordChange(ledger, principal, change);
  return {
    async listSpeechModels() {
      return { json: wholePage(await shelf.list(), showModel) };
    },

    async listAvailableSpeechModels() {
      return { json: wholePage(await shelf.available(), ({ entry, installed }) => showEntry(entry, installed)) };
    },

    async verifySpeechModel({ body }, { principal }) {
      await keeper(principal);
      return { json: showModel(await shelf.verify(body.id)) };
    },

    async pullSpeechModel({ body }, { principal }) {
      await keeper(principal);
      return { json: showPull(shelf.pull(body.id, body.trustFirstUse, recorder(principal))) };
    },

    async getSpeechModelPull({ query }, { principal }) {
      await keeper(principal);
      return { json: showPull(shelf.pulling(query.id)) };
    },

    async importSpeechModel(_input, { principal, exchange }) {
      await keeper(principal);
      return { json: showInstalled(await shelf.import(exchange.body, recorder(principal))) };
    },

    async removeSpeechModel({ body }, { principal }) {
      await keeper(principal);
      await shelf.remove(body.id, recorder(principal));
      return { nothing: true };
    },
  };
}

async function recordChange(ledger: Ledger, { tenant, actor }: Principal, change: ModelChange): Promise<void> {
  switch (change.kind) {
    case 'installed': {
      const { source, pinned, model } = change;
      const { id, family } = model.manifest;
      const detail = { engine: ENGINE, source, model: id, family, digest: model.digest, pinned };
      await ledger.append({ tenant, actor, kind: 'engine.installed', detail });
      return;
    }
    case 'removed':
      await ledger.append({
        tenant,
        actor,
        kind: 'engine.removed',
        detail: { engine: ENGINE, model: token(change.model) },
      });
  }
}

/** A directory that is no model goes by its own name, which may be anything; header strings are tokens (docs/formats/entry.md §1). */
function token(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]+/g, '-').slice(0, 128);
}

function showModel({ directory, state, verifiedAt, chosen }: ShelvedModel): WireModel {
  const { manifest, bytes } = directory;
  return {
    id: nameOf(directory),
    engine: ENGINE,
    family: manifest?.family ?? 'unknown',
    languages: [...(manifest?.languages ?? [])],
    accuracy: 'standard',
    licence: manifest?.licence ?? 'unknown',
    bytes,
    state,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    chosen,
  };
}

function showInstalled({ model, pinned, takesEffect }: InstalledModel): WireInstalled {
  return { model: showModel(model), pinned, takesEffect };
}

function showPull({ id, state, bytes, total, installed, problem, file }: PullProgress): WirePull {
  return { id, state, bytes, total, installed: installed && showInstalled(installed), problem, file };
}

function showEntry(entry: CatalogueEntry, installed: boolean): AvailableModel {
  const { id, family, languages, licence, about, source, accuracy, speed, files } = entry;
  return {
    id,
    family,
    languages: [...languages],
    licence,
    about,
    source,
    bytes: bytesOf(entry),
    pinned: isPinned(entry),
    accuracy: [...accuracy],
    speed: [...speed],
    installed,
    files: [...files],
    manifest: manifestOf(entry),
  };
}
