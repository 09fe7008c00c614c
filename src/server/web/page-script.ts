// What the chat page does in the browser. Texts go into the page as text alone, never as HTML.

export const PAGE_SCRIPT = String.raw`
'use strict';
const at = (id) => document.getElementById(id);
const make = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};
// Drawn: not every system has a font with thumbs.
const thumb = (down) => {
  const [picture, path] = ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', 'M3 10h4v11H3zM9 10l4-8c1.7 0 3 1.3 3 3v4h5a2 2 0 0 1 2 2.3l-1.4 8a2 2 0 0 1-2 1.7H9z');
  if (down) path.setAttribute('transform', 'rotate(180 12 12)');
  picture.append(path);
  return picture;
};
const key = new URLSearchParams(location.hash.slice(1)).get('key') || sessionStorage.getItem('vsr-key');
if (key) {
  sessionStorage.setItem('vsr-key', key);
  history.replaceState(null, '', location.pathname);
}
const stored = JSON.parse(sessionStorage.getItem('vsr-chat') || '{}');
let dialogue = stored.dialogue || [];
let spent = stored.spent || 0;
let running = null;
const session = stored.session || crypto.randomUUID();
for (const id of ['user', 'mode']) if (stored[id]) at(id).value = stored[id];
at('route-only').checked = stored.routeOnly === true;

const save = () => sessionStorage.setItem('vsr-chat', JSON.stringify({
  dialogue, spent, session, user: at('user').value, mode: at('mode').value, routeOnly: at('route-only').checked, model: at('model').value,
}));
const call = (path, body, signal) => window.fetch(path, {
  method: body === undefined ? 'GET' : 'POST',
  headers: Object.assign({}, body !== undefined && { 'content-type': 'application/json' }, key && { authorization: 'Bearer ' + key }),
  body: body === undefined ? undefined : JSON.stringify(body),
  signal,
});
const problem = async (response) => {
  try {
    return (await response.json()).error.message;
  } catch {
    return 'HTTP ' + response.status;
  }
};
const money = (dollars) => '$' + dollars.toPrecision(2);
const showTotal = () => { at('total').textContent = spent > 0 ? 'spent ' + money(spent) : ''; };

const showTurn = (question) => {
  const turn = make('article', 'turn');
  const answer = make('div', 'answer');
  const about = make('div', 'about');
  turn.append(make('div', 'asked', question), answer, about);
  at('turns').append(turn);
  return { turn, answer, about };
};

const showAbout = ({ turn, about }, decision) => {
  const parts = [decision.model, decision.router ? 'by ' + decision.router : 'asked for', decision.reason.replaceAll('_', ' ')];
  if (typeof decision.score === 'number') parts.push('score ' + decision.score.toFixed(2));
  if (typeof decision.cost === 'number') parts.push(money(decision.cost));
  if (typeof decision.latency === 'number') parts.push(Math.round(decision.latency) + ' ms');
  about.replaceChildren(make('strong', 'model', parts[0]), make('span', 'why', parts.slice(1).join(' · ')));
  const thumbs = [[1, 'Good answer'], [-1, 'Bad answer']].map(([rating, label]) => {
    const button = make('button', 'thumb');
    button.append(thumb(rating < 0));
    button.type = 'button';
    button.setAttribute('aria-label', label);
    button.setAttribute('aria-pressed', 'false');
    button.onclick = async () => {
      const user = at('user').value.trim();
      const response = await call('/v1/feedback', Object.assign({ decision_id: decision.decision_id, rating }, user && { user }));
      if (!response.ok) return about.append(make('span', 'failed', await problem(response)));
      for (const other of thumbs) other.setAttribute('aria-pressed', String(other === button));
    };
    return button;
  });
  about.append(...thumbs);
  if (!decision.ranking || decision.ranking.length === 0) return;
  const details = make('button', 'more', 'Why?');
  details.type = 'button';
  details.setAttribute('aria-expanded', 'false');
  const table = make('table');
  const row = (tag, cells) => {
    const line = make('tr');
    line.append(...cells.map((text) => make(tag, '', text)));
    return line;
  };
  const number = (value, digits) => (typeof value === 'number' ? value.toFixed(digits) : '–');
  table.append(row('th', ['model', 'quality', 'utility', 'cost', 'ms']));
  for (const one of decision.ranking) {
    table.append(row('td', [one.model, number(one.expected_quality, 3), number(one.utility, 3), typeof one.expected_cost === 'number' ? money(one.expected_cost) : '–', number(one.expected_latency, 0)]));
  }
  for (const [model, why] of Object.entries(decision.masked || {})) {
    const line = row('td', [model, why.replaceAll('_', ' ')]);
    line.lastChild.colSpan = 4;
    table.append(line);
  }
  table.hidden = true;
  details.onclick = () => {
    table.hidden = !table.hidden;
    details.setAttribute('aria-expanded', String(!table.hidden));
  };
  about.append(details);
  turn.append(table);
};

const readStream = async (response, onText) => {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    const lines = held.split('\n');
    held = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data:') || line.slice(5).trim() === '[DONE]') continue;
      const event = JSON.parse(line.slice(5));
      if (event.error) throw new Error(event.error.message);
      const text = event.choices && event.choices[0] && event.choices[0].delta && event.choices[0].delta.content;
      if (text) onText(text);
    }
  }
};

const ask = async (question) => {
  const shown = showTurn(question);
  const user = at('user').value.trim();
  const messages = [...dialogue.flatMap((turn) => [{ role: 'user', content: turn.question }, { role: 'assistant', content: turn.answer }]), { role: 'user', content: question }];
  const body = Object.assign({ model: at('model').value, messages, vsr: { mode: at('mode').value, session_id: session, sticky: false } }, user && { user });
  running = new AbortController();
  at('send').textContent = 'Stop';
  try {
    if (at('route-only').checked) {
      const response = await call('/v1/route', body, running.signal);
      if (!response.ok) throw new Error(await problem(response));
      showAbout(shown, await response.json());
      return;
    }
    const response = await call('/v1/chat/completions', Object.assign(body, { stream: true }), running.signal);
    if (!response.ok) throw new Error(await problem(response));
    await readStream(response, (text) => {
      shown.answer.textContent += text;
      at('turns').scrollTop = at('turns').scrollHeight;
    });
    const told = await call('/v1/decisions/' + encodeURIComponent(response.headers.get('x-vsr-decision-id')));
    const decision = told.ok ? await told.json() : {
      decision_id: response.headers.get('x-vsr-decision-id'), model: response.headers.get('x-vsr-model'), router: response.headers.get('x-vsr-router'), reason: response.headers.get('x-vsr-reason'),
    };
    spent += decision.cost || 0;
    dialogue.push({ question, answer: shown.answer.textContent, decision });
    showAbout(shown, decision);
    showTotal();
    save();
  } catch (error) {
    shown.about.append(make('span', 'failed', error.name === 'AbortError' ? 'Stopped.' : error.message));
  } finally {
    running = null;
    at('send').textContent = 'Send';
    at('turns').scrollTop = at('turns').scrollHeight;
  }
};

at('form').onsubmit = (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const question = at('text').value.trim();
  if (!question) return;
  at('text').value = '';
  ask(question);
};
at('text').onkeydown = (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!running) at('form').requestSubmit();
  }
};
document.onkeydown = (event) => {
  if (event.key === 'Escape' && running) running.abort();
};
at('clear').onclick = () => {
  dialogue = [];
  spent = 0;
  at('turns').replaceChildren();
  showTotal();
  save();
  at('text').focus();
};
for (const id of ['user', 'mode', 'route-only', 'model']) at(id).addEventListener('change', save);
for (const { question, answer, decision } of dialogue) {
  const shown = showTurn(question);
  shown.answer.textContent = answer;
  showAbout(shown, decision);
}
showTotal();
call('/v1/models').then(async (response) => {
  if (!response.ok) return at('turns').append(make('p', 'failed', await problem(response)));
  const names = (await response.json()).data.map(({ id }) => id).filter((name) => name !== 'auto');
  at('model').replaceChildren(...names.map((name) => make('option', '', name)));
  if (names.includes(stored.model)) at('model').value = stored.model;
});
`;
