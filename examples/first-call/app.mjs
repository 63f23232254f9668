// A small application that uses the official OpenAI client. Two things make it a client of Cordon: the base URL and the key.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';

const home = process.env.CORDON_HOME ?? '.cordon';
const { url, apiKey } = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8'));
const client = new OpenAI({ baseURL: `${process.env.CORDON_URL ?? url}/v1`, apiKey, maxRetries: 0 });

const asked = {
  model: 'local-llm',
  messages: [{ role: 'user', content: 'Put into plain words: no acute distress, lungs clear to auscultation.' }],
};

try {
  const { data, response } = await client.chat.completions.create(asked).withResponse();
  console.log(data.choices[0].message.content);
  for (const name of ['service', 'pattern', 'review', 'request-id', 'ledger-index'])
    console.log(`cordon-${name}: ${response.headers.get(`cordon-${name}`)}`);
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.log(`${error.status} ${error.code}: ${error.error?.message}`);
  console.log(error.error?.remedy);
  process.exitCode = 3;
}
