// What an auditor, the server, the CLI and the console take from here. Formats: docs/formats.
export * from './base64.ts';
export type { BundleReader } from './bundle-files.ts';
export * from './bundle-write.ts';
export * from './canonical.ts';
export * from './certificate.ts';
export * from './checkpoint.ts';
export * from './entry.ts';
export * from './envelope.ts';
export * from './fault.ts';
export * from './kinds.ts';
export * from './merkle.ts';
export * from './note.ts';
export * from './proof-file.ts';
export type * from './report.ts';
export * from './tiles.ts';
export * from './verify.ts';
