/* Levee, Apache-2.0: what fails in a page. No cookies, no identifiers, no messages; see docs/browser.md. */
(() => {
  const me = document.currentScript || document.querySelector('script[src$="/levee.js"]');
  if (!me || window.levee?.path) return;
  let { page, release, report = 'v1/report', origins = '', trace: prefix = '/', sample = .01 } = me.dataset;
  const to = new URL(report, me.src), native = fetch, queue = [], open = new Set(), known = new WeakSet();
  let live, view, seq, bad, trace, errors, paths, count, news, quiet;

  const hex = n => [...crypto.getRandomValues(new Uint8Array(n))].map(b => b.toString(16).padStart(2, 0)).join('');
  const own = url => [location.origin, ...origins.split(' ')].includes(new URL(url, document.baseURI).origin);

  // A view lasts from when the page is shown until it is hidden.
  const begin = () => {
    if (live) return;
    live = news = 1;
    seq = bad = count = quiet = 0;
    view = hex(16);
    trace = null;
    errors = [];
    paths = [];
  };

  const fail = (kind, id, name, file) => {
    begin();
    bad = 1;
    trace ||= id;
    open.forEach(path => { if (!id || id == path.id) path.bad = 1; });
    if (count++ > 9) return;
    errors.push({ kind, name: /^\w{1,40}$/.exec(name)?.[0], file: /[\w.-]{1,60}\.m?js(?=$|[?#])/.exec(file)?.[0] });
    news = 1;
  };

  const send = end => {
    if (live && (end || news || ++quiet > 20)) {
      const where = page || location.pathname.replace(/[^/]*[^a-z_./-][^/]*|[^/]{25,}/gi, '{id}');
      const body = JSON.stringify({ view, seq: seq++, release, page: where.slice(0, 99), bad, trace, errors, paths, end });
      queue.push({ body, tries: 3 });
      queue.splice(0, queue.length - 8);
      errors = [];
      paths = [];
      news = quiet = 0;
    }
    if (navigator.onLine) queue.splice(0).forEach(item =>
      end && navigator.sendBeacon?.(to, item.body) ||
      native(to, { method: 'POST', body: item.body, keepalive: true, credentials: 'omit' })
        .then(response => { if (response.status > 499) throw 0; })
        .catch(() => --item.tries && queue.push(item)));
  };

  const end = () => {
    open.forEach(path => path.bad && path.fail());
    if (live) send(1);
    live = 0;
  };

  const path = name => {
    const start = performance.now();
    const done = ok => {
      if (!open.delete(self)) return;
      ok || fail('path', self.id);
      begin();
      news = 1;
      const ms = performance.measure('levee:' + name, { start }).duration | 0;
      if (paths.length < 20) paths.push({ name: `${name}`.slice(0, 60), trace: self.id, ok, ms });
    };
    const self = { id: hex(16), ok: () => done(1), fail: () => done(0) };
    performance.mark('levee:' + name);
    open.add(self);
    return self;
  };

  window.fetch = function (input, init) {
    let args = arguments, mine, id;
    try {
      const url = new URL(input.url || input, document.baseURI), path = [...open].pop();
      mine = own(url);
      id = path?.id || hex(16);
      if (url.origin == location.origin && url.pathname.startsWith(prefix) && !(init instanceof Request)) {
        const headers = new Headers(init?.headers || input.headers), set = headers.get('traceparent');
        if (set) {
          id = /^00-([0-9a-f]{32})-/.exec(set)?.[1] || id;
          if (path) path.id = id;
        } else headers.set('traceparent', `00-${id}-${hex(8)}-0${+(Math.random() < sample)}`);
        const more = Object.create(init || { referrer: input.referrer, referrerPolicy: input.referrerPolicy });
        more.headers = headers;
        args = [input, more];
      }
    } catch { }
    const answer = native.apply(this, args);
    return mine ? answer.then(
      response => {
        if (response.status > 499) fail('fetch', id, 'Http' + response.status);
        return response;
      },
      error => {
        if (/^(Type|Timeout)Error$/.test(error?.name) && navigator.onLine) {
          known.add(error);
          fail('fetch', id, error.name);
        }
        throw error;
      }) : answer;
  };

  addEventListener('error', e => /^http/.test(e.filename) && own(e.filename) && fail('error', null, e.error?.name, e.filename));
  addEventListener('unhandledrejection', ({ reason }) => {
    const from = /(http|[a-z]+-extension:)\S+?(?=:\d+:\d)/.exec(`${reason?.stack}`.replaceAll(me.src, ''))?.[0];
    if (from && own(from) && reason.name != 'AbortError' && !known.has(reason)) fail('rejection', null, reason.name, from);
  });
  document.addEventListener('visibilitychange', () => document.hidden ? end() : (begin(), send()));
  addEventListener('pagehide', end);
  addEventListener('online', () => send());
  setInterval(send, 1e4 + 5e3 * Math.random());
  setTimeout(send, 1e3);
  begin();
  window.levee = { path, page: template => { page = template; } };
})();
