// Imports point down (ARCHITECTURE.md). Each rule says what to do instead.
const layers = ['kernel', 'platform', 'custody', 'boundary', 'clinical', 'governance', 'api'];
const above = (layer) => layers.slice(layers.indexOf(layer) + 1).join('|');
const TESTS = String.raw`\.test\.ts$|/test/|^bench/|^tools/`;

const layerRules = layers
  .filter((layer) => above(layer) !== '')
  .map((layer) => ({
    name: `${layer}-looks-down`,
    comment: `${layer} must not know what is above it: declare a port here and wire it in main.ts or worker.ts.`,
    severity: 'error',
    from: { path: `^server/src/${layer}/`, pathNot: TESTS },
    to: { path: `^server/src/(${above(layer)})/` },
  }));

const NETWORK = '^(node:)?(net|tls|http|https|http2|dgram|dns)(/|$)|^(undici|ws)$';
const IO = `^(node:)?(fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads)(/|$)|^(pg|pg-boss|fastify|undici)$`;

export default {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycles',
      comment: 'Extract what both need into the lower of the two.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-parts',
      comment: 'These parts do no I/O: pass data in, return data.',
      severity: 'error',
      from: {
        path: '^(deid/src|server/src/kernel|server/src/boundary/(policy|costs)|server/src/clinical/(notes|verification))/',
        pathNot: TESTS,
      },
      to: { path: IO },
    },
    {
      name: 'pure-parts-no-store',
      comment: 'Pure parts do not reach the store.',
      severity: 'error',
      from: {
        path: '^server/src/(kernel|boundary/(policy|costs)|clinical/(notes|verification))/',
        pathNot: `${TESTS}|\\.queries\\.ts$|/(drafts|verify)-store\\.ts$`,
      },
      to: { path: '^server/src/platform/' },
    },
    {
      name: 'only-egress-calls-out',
      comment:
        'Sockets to AI services only in boundary/egress; other outbound sockets in platform/outbound; listening in platform/http.',
      severity: 'error',
      from: { path: '^server/src/', pathNot: `^server/src/(boundary/egress|platform/(outbound|http|store))/|${TESTS}` },
      to: { path: NETWORK },
    },
    {
      name: 'ai-services-by-the-door',
      comment: 'undici is the door’s alone (boundary/egress); adapters send through Door.send or Door.fetchFor.',
      severity: 'error',
      from: {
        path: '^(server|cli|sdk|contract|proofs|deid)/src/',
        pathNot: `^server/src/boundary/egress/(dial|door|exchange)\\.ts$|${TESTS}`,
      },
      to: { path: '^undici$|node_modules/undici/' },
    },
    {
      name: 'adapters-open-nothing',
      comment: 'Adapters have no sockets of their own: they send through the Door that they are given.',
      severity: 'error',
      from: { path: '^server/src/boundary/egress/(adapters|openai)/', pathNot: TESTS },
      to: { path: NETWORK },
    },
    {
      name: 'sql-in-queries',
      comment: 'pg is used by platform/store and platform/jobs alone; SQL lives in *.queries.ts.',
      severity: 'error',
      from: { path: '^server/src/', pathNot: `^server/src/platform/(store|jobs)/|${TESTS}` },
      to: { path: '^(pg|pg-boss)$|node_modules/(pg|pg-boss)/' },
    },
    {
      name: 'nobody-imports-main',
      comment: 'main.ts and worker.ts compose; nothing imports them.',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: '^server/src/(main|worker)\\.ts$' },
    },
    {
      name: 'config-is-passed',
      comment: 'Configuration is read once; parts take narrow arguments, not the config module.',
      severity: 'error',
      from: { path: '^server/src/(kernel|platform|custody|boundary|clinical|governance)/', pathNot: TESTS },
      to: { path: '^server/src/config/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'proofs-stands-alone',
      comment: 'An auditor reads proofs without trusting anything else.',
      severity: 'error',
      from: { path: '^proofs/src/', pathNot: TESTS },
      to: { pathNot: '^proofs/src/|^(node:)?crypto$' },
    },
    {
      name: 'contract-needs-zod-only',
      severity: 'error',
      comment: 'The contract is handed to everyone: zod only.',
      from: { path: '^contract/src/', pathNot: TESTS },
      to: { pathNot: '^contract/src/|node_modules/zod/' },
    },
    {
      name: 'cli-never-imports-server',
      severity: 'error',
      comment: 'The CLI starts the server as a process.',
      from: { path: '^cli/src/', pathNot: TESTS },
      to: { path: '^server/src/' },
    },
    {
      name: 'sdk-stays-light',
      severity: 'error',
      comment: 'sdk may use contract, proofs and openapi-fetch.',
      from: { path: '^sdk/src/', pathNot: TESTS },
      to: { path: '^(server|cli|deid)/' },
    },
    {
      name: 'sdk-runs-in-browsers',
      severity: 'error',
      comment: 'Only the receipts entry needs the cryptography of proofs; the main entry runs in browsers.',
      from: { path: '^sdk/src/index\\.ts$' },
      to: { path: '^(node:|proofs/)|^(fs|net|tls|http|https|crypto|stream|buffer|path|os)$', reachable: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that cannot be resolved hides from every other rule.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@medplum/fhirtypes$' }, // types alone: it has nothing to resolve to
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules/(?!zod|pg|pg-boss|fastify|undici)' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
