// The frame of every page: one file that loads nothing.
import { escapeHtml } from './escape.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** @param body HTML; @param start id that the skip link leads to */
export function page(heading: string, body: string, footer: string, start = 'verdict'): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(`vsr: ${heading}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#${start}">Skip to the numbers</a>
<main>
<h1>${escapeHtml(heading)}</h1>
${body}
<footer>${escapeHtml(footer)}</footer>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
