// Where things lie by default and by wish, and what a server started from here is told.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment } from './env.ts';

test('the home is in the checkout, whatever the working directory', () => {
  const { checkout, home, keys, anchors } = readEnvironment({}, '/somewhere/else');
  expect(join(checkout, 'cli')).toBe(join(import.meta.dirname, '..'));
  expect({ home, keys, anchors }).toEqual({
    home: join(checkout, '.cordon'),
    keys: join(checkout, '.cordon-keys'),
    anchors: join(checkout, '.cordon-anchors'),
  });
});

test('relative paths are taken from the working directory, and the server is told absolute ones', () => {
  const { home, keys, models, forServer } = readEnvironment({ CORDON_HOME: 'a/b', CORDON_MODELS: '~/models' }, '/w');
  expect({ home, keys, models }).toEqual({ home: '/w/a/b', keys: '/w/a/b-keys', models: join(homedir(), 'models') });
  expect(forServer).toEqual({ CORDON_HOME: '/w/a/b', CORDON_MODELS: join(homedir(), 'models') });
});

test('an empty variable counts as not set; what is this command’s own is not passed on', () => {
  const given = {
    CORDON_URL: 'https://c.example/',
    CORDON_API_KEY: '',
    CORDON_DEBUG: '1',
    PATH: '/bin',
    EMPTY: undefined,
  };
  const { url, apiKey, debug, forServer, home } = readEnvironment(given, '/w');
  expect({ url, apiKey, debug }).toEqual({ url: 'https://c.example', apiKey: null, debug: true });
  expect(forServer).toEqual({ PATH: '/bin', CORDON_HOME: home });
});
