// The artifact in use, exchanged whole for a newer one: requests that have begun keep theirs, and a damaged one is never taken in.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../artifacts/artifact-directory.js';
import type { VsrConfig } from '../config/schema.js';
import type { PipelineContext } from '../pipelines/context.js';
import { openRoutingSession, type RoutingSession } from '../pipelines/infer/routing-session.js';

export interface ReloadingSession {
  session(): RoutingSession;
  /** false: what lies there cannot be used, the one before stays. */
  reload(): Promise<boolean>;
  close(): void;
}

/** Throws what opening the artifact throws the first time; afterwards it warns. */
export async function openReloading(
  config: VsrConfig,
  context: PipelineContext,
  onReload: (taken: boolean) => void,
): Promise<ReloadingSession> {
  const { artifacts, router, reloadS } = config.serve;
  const open = () => openRoutingSession(artifacts, { embedding: config.embedding, router }, context);
  let seen = stamp(artifacts);
  let current = await open();
  let reloading: Promise<boolean> | undefined;
  const reload = () => {
    reloading ??= (async () => {
      seen = stamp(artifacts);
      try {
        current = await open();
        onReload(true);
        context.onNotice?.(`${artifacts}: taken in, trained ${current.manifest.createdAt}, router ${current.router}.`);
        return true;
      } catch (error) {
        onReload(false);
        context.onWarning?.(`${artifacts} cannot be taken in, the artifact before stays: ${(error as Error).message}`);
        return false;
      } finally {
        reloading = undefined;
      }
    })();
    return reloading;
  };
  const timer =
    reloadS > 0
      ? setInterval(() => {
          const now = stamp(artifacts);
          // While it is being written there is no manifest: it comes last.
          if (now !== undefined && now !== seen) void reload();
        }, reloadS * 1000)
      : undefined;
  timer?.unref();
  return { session: () => current, reload, close: () => clearInterval(timer) };
}

function stamp(directory: string): string | undefined {
  const found = statSync(join(directory, MANIFEST_FILE), { throwIfNoEntry: false });
  return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
}
