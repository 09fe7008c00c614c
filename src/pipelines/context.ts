// What a pipeline tells its caller while it works: it prints nothing itself.

export interface Progress {
  /** benchmark, embed, fit knn … */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** A short text beside the numbers: dollars so far, the fold, the model. */
  readonly detail?: string;
  /** The same for each part of the work, such as each model; called only when it is shown. */
  readonly parts?: () => readonly ProgressPart[];
}

export interface ProgressPart {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
}

export interface PipelineContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** One sentence that every user should see (stderr): the bundled example takes over, an unknown user. */
  readonly onNotice?: (sentence: string) => void;
  /** One sentence about something that may be wrong. */
  readonly onWarning?: (sentence: string) => void;
}
