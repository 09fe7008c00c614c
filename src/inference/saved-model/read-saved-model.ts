// Reads what a saved_model.pb of ours says of itself: its signature, its ops, its models.
import { VsrError } from '../../errors/vsr-error.js';
import { type NodeDef, type SavedModelProto, type SignatureDef, savedModelProto } from './saved-model-schema.js';
import { PRODUCER, type SavedModelMetadata, SIGNATURE, TAG } from './write-saved-model.js';

export interface SavedModelContents {
  readonly metadata: SavedModelMetadata;
  readonly tags: readonly string[];
  readonly signature: SignatureDef;
  readonly nodes: readonly NodeDef[];
}

/** `where` names the file in errors. Throws `VSR_ARTIFACT` for bytes that are no SavedModel of ours. */
export async function readSavedModel(bytes: Uint8Array, where: string): Promise<SavedModelContents> {
  const type = await savedModelProto();
  let model: SavedModelProto;
  try {
    model = type.toObject(type.decode(bytes), { longs: Number, arrays: true, objects: true }) as SavedModelProto;
  } catch (cause) {
    throw refused(where, `is no SavedModel (${(cause as Error).message})`, cause);
  }
  const meta = model.metaGraphs[0];
  const [producer, version] = (meta?.metaInfoDef?.metaGraphVersion ?? '').split(' ');
  if (!meta || producer !== PRODUCER) throw refused(where, 'is no SavedModel of vsr');
  const signature = meta.signatureDef[SIGNATURE];
  if (!signature || !meta.graphDef || !meta.metaInfoDef.tags.includes(TAG)) {
    throw refused(where, `has no signature "${SIGNATURE}" under the tag "${TAG}"`);
  }
  const texts = (key: string) =>
    meta.collectionDef[key]?.bytesList?.value.map((bytes) => new TextDecoder().decode(bytes));
  const models = texts('models');
  const encoderFingerprint = texts('encoder_fingerprint')?.[0];
  return {
    metadata: {
      ...(models && { models }),
      ...(encoderFingerprint !== undefined && { encoderFingerprint }),
      ...(version && { producerVersion: version }),
    },
    tags: meta.metaInfoDef.tags,
    signature,
    nodes: meta.graphDef.node,
  };
}

function refused(where: string, what: string, cause?: unknown): VsrError {
  return new VsrError('VSR_ARTIFACT', `${where} ${what}.`, { hint: 'Write it again from the artifact.', cause });
}
