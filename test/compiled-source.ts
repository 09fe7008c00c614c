// src/ as JavaScript in a temporary copy of the package, for tests that start processes of their own (no build needed).
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const ROOT = join(import.meta.dirname, '..');

/** Writes `folder`/dist, with the package's other files linked beside it; gives the path of dist. `rooms`: these alone (default all). */
export function compileSource(folder: string, rooms?: readonly string[]): string {
  for (const shared of ['data', 'node_modules', 'package.json']) symlinkSync(join(ROOT, shared), join(folder, shared));
  const source = join(ROOT, 'src');
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (rooms && !rooms.includes(relative(source, path).split('/')[0]!)) continue;
    const target = join(folder, 'dist', relative(source, path).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(path, 'utf8');
    writeFileSync(target, entry.name.endsWith('.ts') ? transpileModule(text, { compilerOptions }).outputText : text);
  }
  return join(folder, 'dist');
}

const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023, verbatimModuleSyntax: true };
