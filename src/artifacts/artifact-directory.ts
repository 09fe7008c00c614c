// An artifact directory: written file by file with the manifest last, read with every hash checked.
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '../data/make-folders.js';
import { VsrError } from '../errors/vsr-error.js';
import { writeFileAtomically } from './atomic-write.js';
import { type Manifest, parseManifest, serialiseManifest, sha256 } from './manifest.js';

export const MANIFEST_FILE = 'manifest.json';

/** Contents by name, which may lie in folders (`a/b.pb`); a name that ends in / is an empty folder. */
export type ArtifactFiles = Readonly<Record<string, string | Uint8Array>>;

export interface ArtifactDirectory {
  readonly path: string;
  readonly manifest: Manifest;
  /** Bytes of one file, checked against its hash in the manifest. Throws `VSR_ARTIFACT`. */
  read(name: string): Buffer;
  has(name: string): boolean;
}

/**
 * Writes every file, the manifest last: a directory without a manifest is a run cut short.
 * Throws `VSR_FILE` where the directory cannot be written.
 */
export function writeArtifactDirectory(
  path: string,
  manifest: Omit<Manifest, 'files'>,
  files: ArtifactFiles,
): Manifest {
  makeDirectory(path);
  const before = filesBefore(path);
  rmSync(join(path, MANIFEST_FILE), { force: true });
  for (const name of before) if (!(name in files)) rmSync(join(path, name), { force: true });
  const hashes: Record<string, string> = {};
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) {
      makeDirectory(join(path, name));
      continue;
    }
    makeDirectory(dirname(join(path, name)));
    writeFileAtomically(join(path, name), content);
    hashes[name] = sha256(content);
  }
  const complete: Manifest = { ...manifest, files: hashes };
  writeFileAtomically(join(path, MANIFEST_FILE), serialiseManifest(complete));
  return complete;
}

/**
 * Refuses, before the work of training, a directory that cannot be written in the end. Nothing is made.
 * Throws `VSR_FILE`.
 */
export function requireWritable(path: string): void {
  let existing = resolve(path);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) {
    throw new VsrError('VSR_FILE', `${existing} is a file, expected a directory for the artifact.`, {
      hint: 'Choose another --output-dir.',
    });
  }
  try {
    accessSync(existing, constants.W_OK);
  } catch (cause) {
    throw new VsrError('VSR_FILE', `${existing}: no permission to write, so the artifact cannot be kept there.`, {
      hint: 'Choose another --output-dir.',
      cause,
    });
  }
}

/** The ONNX file or SavedModel that lies in a folder; undefined: none, or no folder. */
export function graphIn(path: string): string | undefined {
  if (!existsSync(path) || !statSync(path).isDirectory()) return undefined;
  return readdirSync(path).find((name) => name === 'saved_model.pb' || name.endsWith('.onnx'));
}

/** Throws `VSR_ARTIFACT` if there is no directory, no manifest, or a damaged one. Files are read, and checked, when asked for. */
export function openArtifactDirectory(path: string): ArtifactDirectory {
  if (!existsSync(path)) {
    throw new VsrError('VSR_ARTIFACT', `${path}: there is no such artifact directory.`, {
      hint: 'Run vsr train first.',
    });
  }
  if (!statSync(path).isDirectory()) {
    throw new VsrError('VSR_ARTIFACT', `${path}: expected an artifact directory, got a file.`, {
      hint: 'Give the directory that vsr train wrote.',
    });
  }
  const manifestPath = join(path, MANIFEST_FILE);
  if (!existsSync(manifestPath)) {
    const graph = graphIn(path);
    if (graph) {
      throw new VsrError(
        'VSR_ARTIFACT',
        `${path}: expected ${MANIFEST_FILE}, found ${graph}, a graph of something else.`,
        {
          hint: 'Give the directory that vsr train wrote.',
        },
      );
    }
    throw new VsrError(
      'VSR_ARTIFACT',
      `${path}: there is no ${MANIFEST_FILE}, so this is no artifact or its training was cut short.`,
      {
        hint: 'Run vsr train again.',
      },
    );
  }
  const manifest = parseManifest(readBytes(manifestPath).toString('utf8'), manifestPath);
  return {
    path,
    manifest,
    has: (name) => name in manifest.files,
    read: (name) => {
      const bytes = readBytes(join(path, name));
      if (sha256(bytes) !== manifest.files[name]) {
        throw new VsrError(
          'VSR_ARTIFACT',
          `${join(path, name)} is damaged or was changed after training: its hash is not the manifest's.`,
          {
            hint: 'Run vsr train again.',
          },
        );
      }
      return bytes;
    },
  };
}

/** Files of the artifact that stood here: an export left from it would pass for one of the new routers. */
function filesBefore(path: string): string[] {
  try {
    return Object.keys(openArtifactDirectory(path).manifest.files).filter((name) => !name.split('/').includes('..'));
  } catch {
    return []; // no artifact, or a damaged one: nothing of it is ours to remove
  }
}

/** With the folders above it. Throws `VSR_FILE`. */
export function makeDirectory(path: string): void {
  try {
    makeFolders(resolve(path));
  } catch (cause) {
    throw new VsrError('VSR_FILE', `${path}: the artifact directory cannot be made (${(cause as Error).message}).`, {
      hint: 'Choose another --output-dir.',
      cause,
    });
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new VsrError('VSR_ARTIFACT', `${path} cannot be read (${(cause as Error).message}).`, {
      hint: 'Run vsr train again.',
      cause,
    });
  }
}
