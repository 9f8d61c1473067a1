// The page of LeveeConsole. State comes once a second and decisions as they are made, over one event stream; text from
// the server is only ever set as text, never as markup.
const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const MOST_ROWS = 200;
const cards = new Map();
const filter = { kind: '', text: '', downstream: '' };
let rows = [];          // newest first: { decision, item, words }
let lastId = -1;
let paused = false;
let waiting = [];       // what came while paused
let latest = null;
let known = new Map();  // health of each downstream, to say aloud what has changed

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// ---- figures ---------------------------------------------------------------------------------------------------------

function rate(n) {
  if (n === null || n === undefined) return '–';
  if (n >= 10000) return (n / 1000).toFixed(n >= 100000 ? 0 : 1) + ' k';
  return n >= 100 ? n.toFixed(0) : n >= 10 || n === 0 ? trim(n.toFixed(1)) : trim(n.toFixed(2));
}

const trim = text => text.replace(/\.0+$/, '');

function millis(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1) return trim(ms.toFixed(2)) + ' ms';
  if (ms < 1000) return trim(ms.toFixed(ms < 10 ? 1 : 0)) + ' ms';
  return ms < 60000 ? trim((ms / 1000).toFixed(1)) + ' s' : Math.round(ms / 60000) + ' min';
}

const percent = share => share === null ? '–' : trim((100 * share).toFixed(share > 0.999 && share < 1 ? 2 : 1)) + ' %';
const times = n => n === null ? '–' : n.toFixed(2) + '×';

function clock(at) {
  const t = new Date(at);
  const two = n => String(n).padStart(2, '0');
  return two(t.getHours()) + ':' + two(t.getMinutes()) + ':' + two(t.getSeconds()) + '.' + String(t.getMilliseconds()).padStart(3, '0');
}

// ---- downstreams -----------------------------------------------------------------------------------------------------

function makeCard(d) {
  const card = element('article', 'card');
  const top = element('header');
  const title = element('div');
  const h3 = element('h3');
  const button = element('button', '', d.label);
  button.type = 'button';
  button.setAttribute('aria-pressed', 'false');
  button.title = 'Show only its decisions';
  button.addEventListener('click', () => choose(filter.downstream === d.id ? '' : d.id));
  h3.append(button);
  title.append(h3);
  const set = element('p', 'set');
  top.append(title, element('span', 'pill'));
  const flow = element('div', 'flow');
  const big = element('div', 'big');
  big.append(element('span', 'n'), element('small', '', 'calls/s'));
  const chart = document.createElementNS(SVG, 'svg');
  chart.setAttribute('class', 'chart');
  chart.setAttribute('viewBox', '0 0 120 60');
  chart.setAttribute('preserveAspectRatio', 'none');
  chart.setAttribute('role', 'img');
  const base = document.createElementNS(SVG, 'line');
  for (const [key, value] of Object.entries({ x1: 0, x2: 120, y1: 60, y2: 60 })) base.setAttribute(key, value);
  chart.append(base);
  for (const name of ['first', 'retry', 'fail']) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    chart.append(path);
  }
  flow.append(big, chart);
  const rates = element('dl', 'rates');
  const parts = element('dl', 'parts');
  card.append(top, set, flow, rates, parts);
  $('cards').append(card);
  return { card, button, set, pill: top.lastChild, n: big.firstChild, chart, rates: lines(rates), parts: lines(parts) };
}

/** Rows of a definition list that are made once and then only change their text. */
function lines(list) {
  const made = new Map();
  return {
    show(name, fill) {
      let row = made.get(name);
      if (!row) {
        const box = element('div');
        const dd = element('dd');
        box.append(element('dt', '', name), dd);
        list.append(box);
        row = { box, dd };
        made.set(name, row);
      }
      fill(row.dd);
    },
    hide(name) {
      const row = made.get(name);
      if (row) { row.box.remove(); made.delete(name); }
    },
  };
}

function plain(text, alarm) {
  return dd => {
    let span = dd.firstChild;
    if (!span || dd.children.length !== 1) { dd.replaceChildren(element('span')); span = dd.firstChild; }
    span.className = alarm ? 'alarm' : '';
    setText(span, text);
  };
}

function gauge(share, text, tone) {
  return dd => {
    if (dd.children.length !== 2) {
      const bar = element('div', 'gauge');
      bar.setAttribute('aria-hidden', 'true');
      bar.append(element('i'));
      dd.replaceChildren(element('span'), bar);
    }
    setText(dd.firstChild, text);
    dd.firstChild.className = tone === 'low' ? 'alarm' : '';
    dd.lastChild.className = 'gauge ' + (tone || '');
    dd.lastChild.firstChild.style.transform = 'scaleX(' + Math.max(0, Math.min(1, share)) + ')';
  };
}

function showCard(d) {
  let c = cards.get(d.id);
  if (!c) { c = makeCard(d); cards.set(d.id, c); }
  c.card.dataset.health = d.health;
  setText(c.pill, d.healthText);
  c.pill.dataset.tone = d.health;
  setText(c.set, settingsText(d.settings));
  setText(c.n, rate(d.rates.calls));
  c.rates.show('Success', dd => setText(dd, percent(d.rates.success)));
  c.rates.show('Amplification', dd => setText(dd, times(d.rates.amplification)));
  c.rates.show('Retries', dd => setText(dd, rate(d.rates.retries) + '/s'));
  drawChart(c.chart, d);
  const p = c.parts;
  part(p, 'Retry budget', d.retryBudget, b => gauge(b.left / b.most, trim(b.left.toFixed(1)) + ' tokens',
    b.left < 1 ? 'low' : b.left < b.most / 4 ? 'mid' : ''));
  part(p, 'Breaker', d.breaker, b => plain(breakerText(b), b.state !== 'CLOSED' && b.state !== 'FORCED_CLOSED'));
  part(p, 'Limiter', d.limiter, l => plain(rate(l.permitsPerSecond) + '/s, burst ' + l.burst + ', '
    + (l.waitingFirst + l.waitingRetries ? l.waitingFirst + l.waitingRetries + ' waiting (' + millis(l.waitMs) + ')' : 'none waiting')));
  part(p, 'Bulkhead', d.bulkhead, b => gauge(b.inFlight / b.max, b.inFlight + ' of ' + b.max, b.inFlight >= b.max ? 'low' : ''));
  for (const extra of d.extras) part(p, extra.name, extra, e => plain(e.text));
  part(p, 'Waiting', d.pending || null, n => plain(n + (n === 1 ? ' call' : ' calls')));
  part(p, 'Not shown', d.dropped || null, n => plain(n + ' decisions'));
}

function part(list, name, value, fill) {
  if (value === null || value === undefined) list.hide(name); else list.show(name, fill(value));
}

function settingsText(s) {
  const told = [];
  told.push(s.deadlineMs === null ? 'no deadline' : 'deadline ' + millis(s.deadlineMs));
  told.push(s.attemptTimeoutMs === null ? 'no attempt timeout' : 'attempt ' + millis(s.attemptTimeoutMs));
  if (s.idempotent) told.push('idempotent');
  return told.join(' · ');
}

function breakerText(b) {
  const name = { CLOSED: 'closed', OPEN: 'open', HALF_OPEN: 'half-open, one probe', FORCED_OPEN: 'held open', FORCED_CLOSED: 'held closed' }[b.state];
  const counts = b.calls ? ', ' + b.failures + ' of ' + b.calls + ' failed' : '';
  return name + counts + (b.slow ? ', ' + b.slow + ' slow' : '');
}

function drawChart(svg, d) {
  const h = d.history;
  const most = Math.max(1, ...h.map(s => s[0] + s[1]), ...h.map(s => s[2]));
  const x = i => 120 - (h.length - 1 - i) * 120 / 119;
  const y = n => 60 - 58 * n / most;
  const area = (top, bottom) => h.length < 2 ? '' : 'M' + h.map((s, i) => x(i).toFixed(1) + ' ' + y(top(s)).toFixed(1)).join('L')
    + 'L' + h.map((s, i) => x(i).toFixed(1) + ' ' + y(bottom(s)).toFixed(1)).reverse().join('L') + 'Z';
  const [, first, retry, fail] = svg.children;
  first.setAttribute('d', area(s => s[0], () => 0));
  retry.setAttribute('d', h.some(s => s[1]) ? area(s => s[0] + s[1], s => s[0]) : '');
  // A line only where something failed: one along the bottom would look like a failure.
  fail.setAttribute('d', h.map((s, i) => i > 0 && (s[2] || h[i - 1][2])
    ? 'M' + x(i - 1).toFixed(1) + ' ' + y(h[i - 1][2]).toFixed(1) + 'L' + x(i).toFixed(1) + ' ' + y(s[2]).toFixed(1) : '').join(''));
  svg.setAttribute('aria-label', d.label + ', last ' + h.length + ' seconds: at most ' + most + ' attempts per second');
}

function showState(s) {
  latest = s;
  if (paused) return;
  const all = s.downstreams;
  $('none').hidden = all.length > 0;
  const trouble = all.filter(d => d.health === 'refusing' || d.health === 'strained').length;
  setText($('t-downstreams'), String(all.length));
  setText($('t-trouble'), trouble ? trouble + ' in trouble' : all.length ? 'none in trouble' : ' ');
  $('t-trouble').className = 'note' + (trouble ? ' bad' : '');
  setText($('t-calls'), rate(s.totals.calls));
  setText($('t-amp'), times(s.totals.amplification));
  $('t-amp').className = s.totals.amplification > 1.1 ? 'warn' : '';
  setText($('t-saved'), rate(s.totals.savedByRetry));
  setText($('t-failed'), rate(s.totals.failures));
  $('t-failed').className = s.totals.failures > 0 ? 'bad' : '';
  setText($('t-refused'), 'per second, ' + rate(s.totals.refusals) + ' of them refused');
  const there = new Set(all.map(d => d.id));
  for (const [id, c] of cards) if (!there.has(id)) { c.card.remove(); cards.delete(id); known.delete(id); }
  for (const d of all) {
    showCard(d);
    const before = known.get(d.id);
    if (before !== undefined && before !== d.healthText) setText($('said'), d.label + ': ' + d.healthText);
    known.set(d.id, d.healthText);
  }
}

// ---- decisions -------------------------------------------------------------------------------------------------------

const FIELDS = [
  ['operation', 'operation'], ['attempt', 'attempt'], ['stop', 'stop'], ['rule', 'rule'], ['errorType', 'error'], ['fate', 'fate'],
  ['backoffMs', 'backoff', millis], ['elapsedMs', 'since the call began', millis], ['remainingMs', 'until the deadline', millis],
  ['retryBudgetLeft', 'retry budget left', n => trim(n.toFixed(1)) + ' tokens'], ['cost', 'price of a retry', n => n + (n === 1 ? ' token' : ' tokens')],
  ['limiterWaitMs', 'waited for permits', millis], ['breakerState', 'breaker'],
  ['idempotent', 'idempotent', yes], ['replayable', 'body can be sent again', yes], ['degraded', 'fallback answered', yes],
];

function yes(b) { return b ? 'yes' : 'no'; }

function makeRow(d) {
  const item = element('li');
  const details = element('details');
  const summary = element('summary');
  const who = element('span', 'who');
  who.append(element('b', '', d.label));
  if (d.operation) who.append(element('span', '', ' ' + d.operation));
  const what = element('span', 'what');
  const pill = element('span', 'pill', d.title);
  pill.dataset.tone = d.kind;
  what.append(pill);
  const attempt = d.attempt === undefined ? '' : String(d.attempt);
  summary.append(element('span', 'time', clock(d.at)), who, what, element('span', 'try', attempt), element('span', 'rule', d.rule || ''),
    element('span', 'wait', d.backoffMs ? millis(d.backoffMs) : ''), element('span', 'why', d.reason));
  details.append(summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(record(d));
  });
  item.append(details);
  return { decision: d, item, words: [d.label, d.operation, d.title, d.rule, d.reason, d.errorType].join(' ').toLowerCase() };
}

function record(d) {
  const box = element('div', 'record');
  box.append(element('p', '', d.text));
  const list = element('dl');
  for (const [key, name, write] of FIELDS) {
    const value = d[key];
    if (value === undefined || value === null || value === '') continue;
    const pair = element('div');
    pair.append(element('dt', '', name), element('dd', '', write ? write(value) : String(value)));
    list.append(pair);
  }
  if (list.children.length) box.append(list);
  return box;
}

function matches(row) {
  const d = row.decision;
  return (!filter.kind || filter.kind === d.kind) && (!filter.downstream || filter.downstream === d.downstreamId)
    && (!filter.text || row.words.includes(filter.text));
}

function showDecisions(batch, fresh) {
  if (paused) {
    waiting.push(batch);
    if (waiting.length > 60) waiting.shift();
    return;
  }
  const log = $('log');
  if (batch.skipped) {
    const gap = element('li', 'gap', batch.skipped + (batch.skipped === 1 ? ' decision' : ' decisions') + ' not shown: they came faster than this page takes them');
    log.prepend(gap);
    rows.unshift({ decision: null, item: gap });
  }
  for (const d of batch.decisions) {
    if (d.id <= lastId) continue;
    lastId = d.id;
    const row = makeRow(d);
    if (fresh) row.item.classList.add('fresh');
    row.item.hidden = !matches(row);
    log.prepend(row.item);
    rows.unshift(row);
  }
  for (const old of rows.splice(MOST_ROWS)) old.item.remove();
  count();
}

function count() {
  const seen = rows.filter(r => r.decision && !r.item.hidden).length;
  const all = rows.filter(r => r.decision).length;
  setText($('shown'), all === 0 ? '' : seen === all ? 'last ' + all : seen + ' of the last ' + all);
  $('quiet').hidden = seen > 0;
  setText($('quiet'), all > 0 ? 'No decision matches the filters.'
    : 'Nothing here: a call that succeeds at its first attempt needs no decision.');
}

function refilter() {
  for (const row of rows) row.item.hidden = row.decision !== null && !matches(row);
  for (const button of document.querySelectorAll('[data-kind]')) button.setAttribute('aria-pressed', String(button.dataset.kind === filter.kind));
  for (const [id, c] of cards) {
    c.card.classList.toggle('chosen', id === filter.downstream);
    c.button.setAttribute('aria-pressed', String(id === filter.downstream));
  }
  count();
}

function choose(id) { filter.downstream = id; refilter(); }

// ---- controls --------------------------------------------------------------------------------------------------------

function setPaused(on) {
  paused = on;
  $('pause').setAttribute('aria-pressed', String(on));
  setText($('pause'), on ? 'Go on' : 'Pause');
  linkState();
  if (!on) {
    const held = waiting;
    waiting = [];
    if (latest) showState(latest);
    for (const batch of held) showDecisions(batch, true);
  }
}

const THEMES = ['system', 'light', 'dark'];
const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = 'system';
try { theme = THEMES.includes(localStorage.levee_theme) ? localStorage.levee_theme : 'system'; } catch { /* storage may be forbidden */ }

function showTheme() {
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  setText($('theme'), 'Theme: ' + theme);
}

function nextTheme() {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  try { localStorage.levee_theme = theme; } catch { /* storage may be forbidden */ }
  showTheme();
}

function move(by) {
  const shown = rows.filter(r => r.decision && !r.item.hidden);
  const at = shown.findIndex(r => r.item.contains(document.activeElement));
  const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
  if (next) next.item.querySelector('summary').focus();
}

const KEYS = {
  j: () => move(1), k: () => move(-1), p: () => setPaused(!paused), t: nextTheme,
  '/': () => $('filter').focus(), '?': () => $('help').showModal(),
};

document.addEventListener('keydown', e => {
  if (e.key === 'Escape' && !$('help').open) {
    Object.assign(filter, { kind: '', text: '', downstream: '' });
    $('filter').value = '';
    $('filter').blur();
    refilter();
    return;
  }
  const typing = e.target instanceof HTMLInputElement && e.target.type !== 'checkbox';
  if (typing || e.ctrlKey || e.metaKey || e.altKey || $('help').open || !$('single').checked || !KEYS[e.key]) return;
  e.preventDefault();
  KEYS[e.key]();
});
for (const button of document.querySelectorAll('[data-kind]')) {
  button.addEventListener('click', () => { filter.kind = button.dataset.kind; refilter(); });
}
$('filter').addEventListener('input', () => { filter.text = $('filter').value.trim().toLowerCase(); refilter(); });
$('pause').addEventListener('click', () => setPaused(!paused));
$('theme').addEventListener('click', nextTheme);
$('keys').addEventListener('click', () => $('help').showModal());
dark.addEventListener('change', showTheme);
showTheme();
count();

// ---- the stream ------------------------------------------------------------------------------------------------------

let linked = 'waiting';
function linkState(state) {
  if (state) linked = state;
  $('link').dataset.state = paused && linked === 'live' ? 'waiting' : linked;
  setText($('link-text'), linked === 'lost' ? 'no answer, trying again' : linked === 'waiting' ? 'connecting' : paused ? 'paused' : 'live');
}

const stream = new EventSource('api/stream');
let opened = 0;
stream.onopen = () => { opened++; linkState('live'); };
stream.onerror = () => { linkState('lost'); setText($('said'), 'The console does not answer'); };
stream.addEventListener('hello', e => {
  const h = JSON.parse(e.data);
  if (document.documentElement.dataset.run && document.documentElement.dataset.run !== h.run) location.reload(); // another JVM now
  document.documentElement.dataset.run = h.run;
  setText($('app'), h.application);
  setText($('jvm'), 'process ' + h.pid + ' on Java ' + h.java + ', console since ' + new Date(h.started).toLocaleString());
  document.title = h.application + ' – Levee';
});
stream.addEventListener('state', e => showState(JSON.parse(e.data)));
stream.addEventListener('decisions', e => showDecisions(JSON.parse(e.data), opened > 0 && lastId >= 0));
