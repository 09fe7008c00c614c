// Takes keys out of texts that people will read or that are stored.

export interface Redactor {
  /** For errors and logs: the given secrets and everything that looks like a key. */
  text(text: string): string;
  /** For replies that are kept: only the given secrets, and of these only those too long to be an ordinary word. */
  reply(text: string): string;
}

const MASK = '[key]';

/** Below this length a secret may be a word of the answer ("none", "test"). */
const SURE_LENGTH = 12;

/** What providers' keys look like, also when the server itself has masked their middle. */
const KEY_SHAPES = [
  /\b(?:Bearer|Basic)\s+(?=[^\s"'<>\\]*[\d=])[^\s"'<>\\]{6,}/gi,
  /\b(?:sk|pk|hf|gsk|xai|nvapi|api)[-_](?=[\w*.-]*[\d*])[\w*.-]{6,}/gi,
  /(?<=[?&](?:api[-_]?key|key|token)=)[^&\s"']+/gi,
  /(?<=:\/\/)[^/\s"'@]+(?=@)/g,
];

export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = (minimum: number) =>
    [...new Set(secrets.filter((secret) => secret.length >= minimum).flatMap(formsOf))].sort(
      (a, b) => b.length - a.length,
    );
  const all = forms(1);
  const sure = forms(SURE_LENGTH);
  return {
    text: (text) => KEY_SHAPES.reduce((out, shape) => out.replace(shape, MASK), without(all, text)),
    reply: (text) => without(sure, text),
  };
}

/** The secret as it is, and as it stands in URLs, JSON and HTML and in Base64. */
function formsOf(secret: string): string[] {
  const escaped = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    escaped,
    Buffer.from(secret).toString('base64'),
  ];
}

/** A short secret counts only as a whole word, so that the key "a" does not blank every a. */
function without(forms: readonly string[], text: string): string {
  return forms.reduce((out, form) => {
    if (form.length >= 4) return out.replaceAll(form, MASK);
    const literal = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return out.replace(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), MASK);
  }, text);
}
