// One stream of news for all tabs of a browser. The tab that holds the lock listens
// and tells the others; when it goes, the browser gives the lock to the next. Where a
// browser has no locks or no channel, each tab listens for itself.
const GATHER = 80; // for the other tabs to say what they show
const MOST = 16; // talks in one stream

// startStream calls on.news with marks, on.beat when the server lives, on.lost when the
// stream cannot be had just now, on.out when the session has ended. seat names the
// session: tabs of two sign-ins have nothing to tell each other.
export function startStream(url, seat, caseID, on) {
  const me = crypto.randomUUID?.() ?? String(Math.random());
  const name = "engawa:live:" + seat;
  const shared = Boolean(navigator.locks && window.BroadcastChannel && seat);
  let tabs, channel, giveUp, free, source, timer, latest, asked;
  let leading = false;
  let failed = 0;
  let over = false;

  const tell = (what) => channel?.postMessage(what);
  const shown = () => [...new Set([...tabs.values()].filter(Boolean))].slice(-MOST).sort();

  function join() {
    tabs = new Map([[me, caseID]]);
    if (!shared) return lead();
    channel = new BroadcastChannel(name);
    channel.onmessage = (e) => hear(e.data);
    giveUp = new AbortController();
    navigator.locks.request(name, { signal: giveUp.signal }, lead).catch(() => { /* this tab has gone before its turn */ });
    tell({ here: me, shows: caseID });
  }

  // leave hands the stream on: the page goes, or lies in the browser's memory.
  function leave() {
    leading = false;
    clearTimeout(timer);
    source?.close();
    giveUp?.abort();
    free?.();
    channel?.close();
    channel = null;
  }

  function lead() {
    leading = true;
    tell({ who: true });
    timer = setTimeout(listen, shared ? GATHER : 0);
    return new Promise((done) => { free = done; });
  }

  function hear(said) {
    if (said.who) tell({ here: me, shows: caseID });
    if (said.here && leading) {
      tabs.delete(said.here);
      tabs.set(said.here, said.shows);
      if (!source) return;
      if (shown().every((id) => asked.includes(id))) {
        if (latest) tell({ news: latest, to: said.here });
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(listen, GATHER);
    }
    if (said.news && (said.to ?? me) === me) on.news(said.news);
    if (said.beat) on.beat();
    if (said.lost) on.lost();
    if (said.out) end();
  }

  function listen() {
    if (!leading || over) return;
    source?.close();
    asked = shown();
    const query = new URLSearchParams(asked.map((id) => ["case", id]));
    const mine = source = new EventSource(asked.length ? url + "?" + query : url);
    source.addEventListener("news", (e) => {
      failed = 0;
      latest = JSON.parse(e.data);
      tell({ news: latest });
      on.news(latest);
    });
    source.addEventListener("beat", () => { tell({ beat: true }); on.beat(); });
    source.addEventListener("out", () => { tell({ out: true }); end(); });
    source.onerror = () => {
      if (mine !== source || source.readyState !== EventSource.CLOSED || over || !leading) return;
      failed++;
      tell({ lost: true });
      on.lost();
      timer = setTimeout(listen, Math.min(60_000, 2_000 * 2 ** failed));
    };
  }

  function end() {
    if (over) return;
    stop();
    on.out();
  }
  function stop() {
    over = true;
    leave();
  }

  addEventListener("pagehide", () => { leave(); });
  addEventListener("pageshow", (e) => { if (e.persisted && !over) join(); });
  join();
  return { stop };
}
