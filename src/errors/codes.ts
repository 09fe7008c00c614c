// The one table of error codes: what each means and which exit code the command line gives it.

/** Exit codes of the command line: 1 is a bug, 2 an expected error, 3 a gate that said no, 130 and 143 an interrupt. */
export const ERROR_CODES = {
  VSR_USAGE: { exitCode: 2, summary: 'a flag or argument is wrong' },
  VSR_CONFIG: { exitCode: 2, summary: 'the configuration is wrong' },
  VSR_CONFIG_KEY_UNKNOWN: { exitCode: 2, summary: 'the configuration holds an unknown key' },
  VSR_API_KEY_MISSING: { exitCode: 2, summary: 'an environment variable named in the configuration is not set' },
  VSR_FILE: { exitCode: 2, summary: 'a file cannot be read or written' },
  VSR_DATA: { exitCode: 2, summary: 'a data file holds something unexpected' },
  VSR_LEAK: { exitCode: 2, summary: 'the same text stands in two splits' },
  VSR_SCORER_UNKNOWN: { exitCode: 2, summary: 'a row names a metric that no scorer knows' },
  VSR_ROUTER_UNKNOWN: { exitCode: 2, summary: 'no router has that name' },
  VSR_ROUTER_PARAMS: { exitCode: 2, summary: 'a router parameter is unknown or out of range' },
  VSR_MODEL_UNKNOWN: { exitCode: 2, summary: 'a candidate model is unknown' },
  VSR_TRAINING_DATA: { exitCode: 2, summary: 'the training table cannot be learned from' },
  VSR_FEATURES: { exitCode: 2, summary: 'the features do not fit the router' },
  VSR_ARTIFACT: { exitCode: 2, summary: 'an artifact is missing, damaged or does not match' },
  VSR_ENCODER: { exitCode: 2, summary: 'the encoder cannot be used' },
  VSR_GRAPH: { exitCode: 2, summary: 'a scoring graph is malformed' },
  VSR_ENGINE: { exitCode: 2, summary: 'an engine is not available' },
  VSR_PROVIDER: { exitCode: 2, summary: 'a provider cannot be used' },
  VSR_STATE: { exitCode: 2, summary: 'the server on which gateways share their state cannot be used' },
  VSR_GATE: { exitCode: 3, summary: 'a gate said no' },
  VSR_ABORTED: { exitCode: 130, summary: 'interrupted; finished work is saved' },
} as const satisfies Record<string, { exitCode: number; summary: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
