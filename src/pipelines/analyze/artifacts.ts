// Where train leaves its artifacts unless told otherwise.

export const DEFAULT_ARTIFACTS = 'artifacts';
