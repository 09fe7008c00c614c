// The chat page of the gateway at /: one document, nothing from elsewhere, and no script in it but its own.
import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

export function servePage(app: Hono): void {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.get('/', (context) =>
    context.html(PAGE, 200, {
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    }),
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vsr chat</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>vsr</h1>
<label>Model <select id="model"><option>vsr</option></select></label>
<label>User <input id="user" size="8" autocomplete="off" placeholder="nobody"></label>
<label>Router sees <select id="mode"><option value="current_only">the question</option><option value="full_context">all of it</option><option value="retrieval">what is alike</option></select></label>
<label class="check"><input type="checkbox" id="route-only"> Route only</label>
<span id="total" aria-live="polite"></span>
<button id="clear" type="button">Clear</button>
</header>
<main id="turns" aria-live="polite"></main>
<form id="form">
<textarea id="text" rows="2" aria-label="Your question" placeholder="Ask. Enter sends, Shift+Enter makes a new line, Escape stops." autofocus></textarea>
<button id="send" type="submit">Send</button>
</form>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
