// Which room may import which: the table of ARCHITECTURE.md, checked by `npm run lint`.
const ROOMS = {
  errors: [],
  math: ['errors'],
  http: ['errors'],
  config: ['errors'],
  data: ['errors', 'math'],
  training: ['errors', 'math'],
  inference: ['errors', 'math'],
  providers: ['errors', 'http'],
  scoring: ['errors', 'providers'],
  embeddings: ['errors', 'math', 'http', 'data', 'inference'],
  artifacts: ['errors', 'math', 'data', 'inference'],
  evaluation: ['errors', 'math', 'data'],
  features: ['errors', 'math', 'data', 'artifacts', 'inference'],
  routers: ['errors', 'math', 'data', 'artifacts', 'training', 'inference'],
  report: ['errors', 'evaluation'],
  pipelines: [
    'errors',
    'math',
    'config',
    'data',
    'inference',
    'providers',
    'scoring',
    'embeddings',
    'artifacts',
    'evaluation',
    'features',
    'routers',
    'report',
  ],
  server: [
    'errors',
    'math',
    'config',
    'data',
    'inference',
    'providers',
    'scoring',
    'embeddings',
    'artifacts',
    'evaluation',
    'features',
    'routers',
    'report',
    'pipelines',
  ],
  cli: ['errors', 'config', 'pipelines', 'server', 'report'],
};

// One file beyond the table: doctor says which training engine is live. Every other use of the engine goes through a router.
const SINGLE_FILES = { pipelines: ['training/engine-status\\.ts$'] };

const arrows = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports-only-its-neighbours`,
  severity: 'error',
  comment: `src/${room} may import ${allowed.length ? allowed.join(', ') : 'no other room'}`,
  from: { path: `^src/${room}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/(${[room, ...allowed].join('|')})/`, ...(SINGLE_FILES[room] ?? []).map((file) => `^src/${file}`)],
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'no-sibling-routers',
      severity: 'error',
      from: { path: '^src/routers/([^/]+)/' },
      to: { path: '^src/routers/[^/]+/', pathNot: '^src/routers/$1/' },
    },
    { name: 'nobody-imports-the-index', severity: 'error', from: { path: '^src/' }, to: { path: '^src/index\\.ts$' } },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
