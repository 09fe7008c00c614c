// Paths into a configuration: how they are written, parsed and followed.
import { VsrError } from '../errors/vsr-error.js';

export type Path = readonly (string | number)[];
export type Plain = { [key: string]: unknown };

/** `model_config.gpt-4.pricing`, `vllm_endpoints[0].port`; a name with a dot is quoted. */
export function pathText(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = /[.[\]"=]/.test(step) ? JSON.stringify(step) : step;
      return i === 0 ? name : `.${name}`;
    })
    .join('');
}

/** The inverse of `pathText`; `a.0.b` reads as `a[0].b`. Throws `VSR_USAGE`. */
export function parsePath(text: string): Path {
  const steps: (string | number)[] = [];
  const pattern = /("(?:[^"\\]|\\.)*"|[^.[\]"=]+)(\.(?=.)|(?=\[)|$)|\[(\d+)\](\.(?=.)|(?=\[)|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw notAPath(text);
    const [, name, , index] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (name!.startsWith('"')) steps.push(JSON.parse(name!));
    else steps.push(/^\d+$/.test(name!) ? Number(name) : name!);
  }
  if (steps.length === 0) throw notAPath(text);
  return steps;
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (node as Plain | undefined | null)?.[step as string], tree);
}

/** Sets a value, making the objects on the way, and returns the path as the tree has it. Throws `VSR_USAGE` where it leads nowhere. */
export function setAt(tree: Plain, path: Path, value: unknown): Path {
  const taken: (string | number)[] = [];
  let node: unknown = tree;
  path.forEach((step, i) => {
    const list = Array.isArray(node);
    if (list ? !(typeof step === 'number' && step < (node as unknown[]).length) : !isPlain(node)) {
      throw new VsrError(
        'VSR_USAGE',
        `--set ${pathText(path)}: there is no ${pathText(path.slice(0, i + 1))} to set.`,
        {
          hint: 'A list item must exist in the configuration before it can be changed.',
        },
      );
    }
    taken.push(list ? step : String(step));
    const parent = node as Plain;
    if (i === path.length - 1) define(parent, step, value);
    else {
      if (!Object.hasOwn(parent, step) || parent[step] === null) define(parent, step, {});
      node = parent[step];
    }
  });
  return taken;
}

/** A plain own property, so that a key called `__proto__` stays data and is refused as unknown. */
export function define(object: Plain, key: string | number, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function notAPath(text: string): VsrError {
  return new VsrError('VSR_USAGE', `--set: expected a path such as benchmark.concurrency, got "${text}".`, {
    hint: 'Write --set path=value, for example --set routers.knn.k=40; a name with a dot goes in double quotes.',
  });
}
