// What every endpoint of one gateway works with.
import type { VsrConfig } from '../config/schema.js';
import type { RoutingSession } from '../pipelines/infer/routing-session.js';
import type { StoredTurn } from '../pipelines/people/stored-turn.js';
import type { Json } from '../providers/json.js';
import type { Access } from './access.js';
import type { Breaker } from './breaker.js';
import type { Metrics } from './metrics.js';
import type { Pool } from './pool.js';
import type { RequestLog } from './request-log.js';
import type { GatewayState, Recent } from './state/gateway-state.js';

export interface GatewayParts {
  readonly config: VsrConfig;
  readonly pool: Pool;
  readonly access: Access;
  readonly breaker: Breaker;
  readonly metrics: Metrics;
  readonly log: RequestLog;
  readonly state: GatewayState;
  /** What this gateway has decided lately, with what became of it, by decision id. */
  readonly decisions: Recent<Json>;
  /** Told of every rating that has been kept. */
  readonly onRated: ((turn: StoredTurn) => void) | undefined;
  /** The artifact as it is now; a request keeps the one it began with. */
  session(): RoutingSession;
}
