// The JSON Schema of a policy document, for editors and reviewers: docs/formats/policy.schema.json is its committed copy.
import { z } from 'zod';
import { PolicyDocument } from './policy.ts';

export function policySchema(): object {
  const schema = z.toJSONSchema(PolicyDocument, { target: 'draft-2020-12', io: 'input' });
  return { title: 'Cordon policy, format 2', ...schema };
}
