// What the tests make a page do; every action is in this file, so what it throws is the page's own.
window.act = {
  error: () => setTimeout(() => { throw new TypeError('secret 4711'); }),
  reject: () => { Promise.reject(new RangeError('secret 4711')); },
  many: n => { for (let i = 0; i < n; i++) act.error(); },
  get: (url, init) => fetch(url, init).then(r => r.text()),
  quiet: url => act.get(url).catch(e => e.name),
  abort: async () => {
    const stop = new AbortController();
    const answer = fetch('/hang', { signal: stop.signal });
    stop.abort();
    return answer.catch(e => e.name);
  },
  checkout: async then => {
    const path = levee.path('checkout');
    await act.get('/api/orders?mail=a@b.example', { method: 'POST', body: 'order' });
    if (then) path[then](); else act.path = path;
    return path.id;
  },
  streamed: async () => {
    const parts = [];
    const reader = (await fetch('/stream')).body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value.length);
    return parts.reduce((sum, n) => sum + n, 0);
  },
  through: async () => {
    const request = new Request('/api/echo', {
      method: 'PUT', headers: { 'X-Own': 'kept' }, body: 'a body', referrerPolicy: 'origin'
    });
    return [
      await act.get(request),
      await act.get(new URL('/api/echo', location), { headers: new Map([['x-own', 'kept']]).entries() }),
      await act.get('/api/echo', { headers: { traceparent: '00-' + 'ab'.repeat(16) + '-' + 'cd'.repeat(8) + '-01' } }),
      await fetch().catch(e => e.name),
      await act.get('/api/echo', { method: 'POST', body: new Blob(['blob']) })
    ];
  }
};
window.ready = true;
