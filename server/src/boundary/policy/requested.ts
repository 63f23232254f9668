// Which services a caller means by a name: one by its id, or all that run the model of that name.
import type { Service } from './snapshot.ts';

export function answersTo({ id, model }: Pick<Service, 'id' | 'model'>, wanted: string): boolean {
  return id === wanted || model === wanted;
}
