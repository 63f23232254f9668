// Services of OpenAI's shape: OpenAI, vLLM, Ollama, llama.cpp, LM Studio, Speaches, whisper.cpp (spec boundary §1.1). The endpoint of the
// row is what the vendor calls the base URL: `https://api.openai.com/v1`.
import type { Door, ModelAdapter, ModelRequest, SpeechAdapter, Target } from '#boundary/egress/adapter.ts';
import { generate } from '#boundary/egress/openai/generate.ts';
import { transcribe } from '#boundary/egress/openai/transcribe.ts';

const PATHS: Readonly<Record<ModelRequest['api'], string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
};

export const openai: ModelAdapter & SpeechAdapter = {
  async send(door, target, request, signal) {
    const way = {
      path: PATHS[request.api],
      headers: await bearer(door, target),
      model: target.service.model,
      reportsUsage: true,
    };
    return generate(door, target, request, way, signal);
  },

  async transcribe(door, target, request, signal) {
    const way = { path: '/audio/transcriptions', headers: await bearer(door, target), model: target.service.model };
    return transcribe(door, target, request, way, signal);
  },
};

async function bearer(door: Door, target: Target): Promise<Readonly<Record<string, string>>> {
  const secret = await door.secret(target);
  return secret === null ? {} : { authorization: `Bearer ${secret}` };
}
