// All commands by name, each loaded only when it is called.
import type { CommandModule } from '../command.js';

export interface CommandEntry {
  readonly summary: string;
  load(): Promise<CommandModule>;
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  benchmark: {
    summary: 'ask every model every query and score the answers: queries → outcomes.jsonl',
    load: async () => (await import('./benchmark.js')).benchmarkCommand,
  },
  train: {
    summary: 'learn which model answers what: outcomes.jsonl → artifacts/',
    load: async () => (await import('./train.js')).trainCommand,
  },
  infer: {
    summary: 'choose the model for a query or a file of queries',
    load: async () => (await import('./infer.js')).inferCommand,
  },
  analyze: {
    summary: 'say whether routing pays, on queries no router has seen',
    load: async () => (await import('./analyze.js')).analyzeCommand,
  },
  convert: {
    summary: "write routers as ONNX, SavedModel or semantic-router files; read other tools' files",
    load: async () => (await import('./convert.js')).convertCommand,
  },
  chat: {
    summary: 'talk to the routed models, in the terminal or on a web page',
    load: async () => (await import('./chat.js')).chatCommand,
  },
  serve: {
    summary: 'answer as an OpenAI-compatible gateway with the model the router chooses',
    load: async () => (await import('./serve.js')).serveCommand,
  },
  embed: {
    summary: 'write the vectors of queries: queries → vectors.npy or .safetensors',
    load: async () => (await import('./embed.js')).embedCommand,
  },
  'add-category': {
    summary: 'fill in the categories that queries lack, by classifier, keywords, a model or a server',
    load: async () => (await import('./add-category.js')).addCategoryCommand,
  },
  'judge-labels': {
    summary: 'let a model judge stored answers: outcomes and responses → labels.jsonl, for train --labels',
    load: async () => (await import('./judge-labels.js')).judgeLabelsCommand,
  },
  feedback: {
    summary: 'note what a person thinks of an answer, for the next decision',
    load: async () => (await import('./feedback.js')).feedbackCommand,
  },
  'simulate-users': {
    summary: 'make users for data that has none: preferences, or personas played by a model',
    load: async () => (await import('./simulate-users.js')).simulateUsersCommand,
  },
  cache: {
    summary: 'show or clear the embedding cache',
    load: async () => (await import('./cache.js')).cacheCommand,
  },
  init: {
    summary: 'start a project here: vsr.yaml, models.yaml, queries.jsonl',
    load: async () => (await import('./init.js')).initCommand,
  },
  doctor: {
    summary: 'check engines, encoder, configuration, keys and data, and say what closes each gap',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
};
