// Names typed without capitals, with nothing beside them that says whose they are.
import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { createEngine } from '../engine.ts';

const engine = createEngine(loadModel());
const found = (text: string): readonly string[] =>
  engine.detect(text, { year: 2026 }).map(({ start, end }) => text.slice(start, end));

test.each(['john smith', 'robert garcia', 'mary johnson'])('%s is somebody', (name) => {
  expect(found(name)).toEqual([name]);
  expect(found(`please call ${name} about the refill`)).toEqual([name]);
});

test.each(['austin flint murmur', 'fondo de ojo', 'vacunas al día', 'colles fracture of the wrist'])(
  '%s is no pair of names',
  (text) => {
    expect(engine.detect(text, { year: 2026 }).filter(({ rule }) => rule === 'pair')).toEqual([]);
  },
);
