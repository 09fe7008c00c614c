// The part of TensorFlow's saved_model.proto that a scoring graph needs, with its field numbers.
import type { INamespace, Root, Type } from 'protobufjs';

/** DataType */
export const FLOAT = 1;
export const INT32 = 3;

export interface ShapeProto {
  dim?: { size: number }[];
}

export interface TensorProto {
  dtype: number;
  tensorShape: ShapeProto;
  tensorContent: Uint8Array;
}

/** One of: exactly one key is set. */
export interface AttrValue {
  list?: { i: number[] };
  i?: number;
  b?: boolean;
  type?: number;
  shape?: ShapeProto;
  tensor?: TensorProto;
}

export interface NodeDef {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, AttrValue>;
}

export interface TensorInfo {
  name: string;
  dtype: number;
  tensorShape: ShapeProto;
}

export interface SignatureDef {
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  methodName: string;
}

export interface SavedModelProto {
  savedModelSchemaVersion: number;
  metaGraphs: {
    metaInfoDef: { metaGraphVersion: string; tags: string[]; strippedDefaultAttrs: boolean };
    graphDef: { node: NodeDef[]; versions: { producer: number } };
    collectionDef: Record<string, { bytesList: { value: Uint8Array[] } }>;
    signatureDef: Record<string, SignatureDef>;
  }[];
}

/** The message type of a whole saved_model.pb. */
export async function savedModelProto(): Promise<Type> {
  const { default: protobuf } = await import('protobufjs/light.js');
  root ??= protobuf.Root.fromJSON(SCHEMA);
  return root.lookupType('tensorflow.SavedModel');
}

let root: Root | undefined;

const SCHEMA = {
  nested: {
    tensorflow: {
      nested: {
        SavedModel: {
          fields: {
            savedModelSchemaVersion: { type: 'int64', id: 1 },
            metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
          },
        },
        MetaGraphDef: {
          fields: {
            metaInfoDef: { type: 'MetaInfoDef', id: 1 },
            graphDef: { type: 'GraphDef', id: 2 },
            collectionDef: { keyType: 'string', type: 'CollectionDef', id: 4 },
            signatureDef: { keyType: 'string', type: 'SignatureDef', id: 5 },
          },
          nested: {
            MetaInfoDef: {
              fields: {
                metaGraphVersion: { type: 'string', id: 1 },
                tags: { rule: 'repeated', type: 'string', id: 4 },
                strippedDefaultAttrs: { type: 'bool', id: 7 },
              },
            },
          },
        },
        CollectionDef: {
          fields: { bytesList: { type: 'BytesList', id: 2 } },
          nested: { BytesList: { fields: { value: { rule: 'repeated', type: 'bytes', id: 1 } } } },
        },
        GraphDef: {
          fields: {
            node: { rule: 'repeated', type: 'NodeDef', id: 1 },
            versions: { type: 'VersionDef', id: 4 },
          },
        },
        VersionDef: { fields: { producer: { type: 'int32', id: 1 } } },
        NodeDef: {
          fields: {
            name: { type: 'string', id: 1 },
            op: { type: 'string', id: 2 },
            input: { rule: 'repeated', type: 'string', id: 3 },
            attr: { keyType: 'string', type: 'AttrValue', id: 5 },
          },
        },
        AttrValue: {
          oneofs: { value: { oneof: ['list', 'i', 'b', 'type', 'shape', 'tensor'] } },
          fields: {
            list: { type: 'ListValue', id: 1 },
            i: { type: 'int64', id: 3 },
            b: { type: 'bool', id: 5 },
            type: { type: 'int32', id: 6 },
            shape: { type: 'TensorShapeProto', id: 7 },
            tensor: { type: 'TensorProto', id: 8 },
          },
          nested: { ListValue: { fields: { i: { rule: 'repeated', type: 'int64', id: 3 } } } },
        },
        TensorProto: {
          fields: {
            dtype: { type: 'int32', id: 1 },
            tensorShape: { type: 'TensorShapeProto', id: 2 },
            tensorContent: { type: 'bytes', id: 4 },
          },
        },
        TensorShapeProto: {
          fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } },
          nested: { Dim: { fields: { size: { type: 'int64', id: 1 } } } },
        },
        SignatureDef: {
          fields: {
            inputs: { keyType: 'string', type: 'TensorInfo', id: 1 },
            outputs: { keyType: 'string', type: 'TensorInfo', id: 2 },
            methodName: { type: 'string', id: 3 },
          },
        },
        TensorInfo: {
          fields: {
            name: { type: 'string', id: 1 },
            dtype: { type: 'int32', id: 2 },
            tensorShape: { type: 'TensorShapeProto', id: 3 },
          },
        },
      },
    },
  },
} as INamespace; // `as`: its type leaves map fields out
