// One thread of the pool: the engine and its model, a task at a time. It opens nothing and says nothing but what it was asked.
import { parentPort } from 'node:worker_threads';
import { loadModel } from '@cordon/deid/model';
import { carryOut, createWork, type Asked } from './work.ts';

const work = createWork(loadModel());

parentPort?.on('message', (asked: Asked) => {
  try {
    parentPort?.postMessage({ done: carryOut(work, asked) }, []);
  } catch {
    // What the engine says when it fails may hold what it read.
    parentPort?.postMessage({ done: null }, []);
  }
});
