// Live news. The server says only that something changed; the page then asks
// for the pieces that it shows. Nothing that a person looks at moves by itself:
// new rows wait behind a button. Withdrawn words vanish at once.
import { startStream } from "./stream.js";
import { dropDraft } from "./write.js";

const SILENT = 45_000; // the server's pulse comes every 15 s; a proxy that swallows it makes us ask
const ASK = 10_000;

const piece = (name, root = document) => root.querySelector(`[data-piece="${name}"]`);

export function startLive({ alarmsChanged }) {
  const url = document.body.dataset.live;
  if (!url) return;
  const { seat, case: caseID = "" } = document.body.dataset;
  const everything = ["alarms", "told"].concat(document.getElementById("line") ? ["line"] : [], caseID ? ["case"] : []);
  const line = startLine();
  const talk = caseID ? startTalk(caseID, () => ask(["case"])) : null;

  let known = {};
  let wanted = new Set();
  let asking = false;
  let last = Date.now();
  let over = false;

  function news(now) {
    last = Date.now();
    back();
    const changed = ["line", "alarms"].filter((k) => now[k] !== known[k]);
    // Of a talk that the stream has no room for, every news may be news.
    if (caseID && (now[caseID] === undefined || now[caseID] !== known[caseID])) changed.push("case");
    known = now;
    if (changed.length) ask(changed.concat("told"));
  }

  async function ask(pieces) {
    for (const p of pieces) if (everything.includes(p)) wanted.add(p);
    if (asking || over || !wanted.size) return;
    asking = true;
    const want = [...wanted];
    wanted = new Set();
    const query = new URLSearchParams({ want: want.join(",") });
    if (caseID) query.set("case", caseID);
    try {
      const answer = await fetch("/pieces?" + query, { cache: "no-store", redirect: "error" });
      if (answer.status === 401) return signedOut();
      if (!answer.ok) throw new Error("pieces");
      const page = await answer.text();
      back();
      // Outside of this try: a mistake of this script is no lost connection.
      queueMicrotask(() => apply(new DOMParser().parseFromString(page, "text/html")));
    } catch {
      away();
    } finally {
      asking = false;
      if (wanted.size) ask([]);
    }
  }

  function apply(doc) {
    for (const name of ["alarms", "told"]) {
      const mine = piece(name);
      const theirs = piece(name, doc);
      if (mine && theirs && differ(mine, theirs)) {
        if (!mine.innerText.trim()) layOver(mine);
        mine.replaceChildren(...theirs.childNodes);
        if (name === "alarms") alarmsChanged();
      }
    }
    if (piece("line", doc)) line.take(piece("line", doc));
    if (talk && piece("letters", doc)) talk.take(doc);
  }

  function signedOut() {
    over = true;
    stream.stop();
    const n = document.getElementById("notice");
    say(n.dataset.gone, "/sign-in?next=" + encodeURIComponent(location.pathname), n.dataset.enter);
  }

  let isAway = false;
  function away() {
    if (over || isAway) return;
    isAway = true;
    say(document.getElementById("notice").dataset.away);
  }
  function back() {
    if (!isAway) return;
    isAway = false;
    say("");
  }

  const stream = startStream(url, seat, caseID, {
    news,
    beat: () => { last = Date.now(); back(); },
    lost: () => ask(everything), // says whether the session or only the stream is gone
    out: signedOut,
  });
  setInterval(() => { if (Date.now() - last > SILENT) ask(everything); }, ASK);
  setInterval(() => ask(["line", "told"]), 60_000); // waiting times go on
  addEventListener("pageshow", (e) => { if (e.persisted) ask(everything); });
}

export function say(text, href, label) {
  const n = document.getElementById("notice");
  if (!n.innerText.trim()) layOver(n);
  n.textContent = text;
  if (!href) return;
  const a = document.createElement("a");
  a.href = href;
  a.textContent = label;
  n.append(" ", a);
}

// layOver lays something that was empty over the page, so that it pushes nothing
// away from under a finger. The next page has it in its own place again.
function layOver(el) {
  document.getElementById("over")?.append(el);
}

// The line of people: what is on the page stays where it is. Where nobody stands,
// nobody can be moved: then new people show at once.
function startLine() {
  const box = document.getElementById("fresh-line");
  const show = box?.querySelector("button");
  const quiet = box?.querySelector("p");
  const pause = document.getElementById("pause");
  const ids = (root) => [...root.querySelectorAll("[data-row]")].map((r) => r.dataset.row);
  const groupOf = (row) => row.closest("ol").dataset.group;
  let held = null;
  let paused = false;
  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      if (!paused && held) take(held.cloneNode(true));
    });
  }
  show?.addEventListener("click", all);

  function all() {
    const seen = new Set(ids(piece("line")));
    piece("line").replaceChildren(...held.cloneNode(true).childNodes);
    tell([]);
    const fresh = [...piece("line").querySelectorAll("[data-row]")].find((r) => !seen.has(r.dataset.row));
    (fresh ?? piece("line")).querySelector("a")?.focus();
  }

  function take(theirs) {
    held = theirs.cloneNode(true);
    const mine = piece("line");
    const here = new Set(ids(mine));
    for (const row of mine.querySelectorAll("[data-row]")) {
      refresh(row, theirs.querySelector(`[data-row="${CSS.escape(row.dataset.row)}"]`), mine);
    }
    if (paused) return;
    const fresh = [...theirs.querySelectorAll("[data-row]")].filter((r) => !here.has(r.dataset.row));
    if (fresh.length && !here.size) {
      mine.replaceChildren(...theirs.childNodes);
      return tell([]);
    }
    tell(fresh);
  }

  // tell shows that somebody is new. Urgent ones are counted by name, and where the
  // page says that nobody waits, that is taken back in its own place.
  function tell(fresh) {
    const urgent = fresh.filter((r) => r.querySelector(".row.clear")).length;
    show.hidden = fresh.length === 0;
    quiet.hidden = fresh.length !== 0;
    show.classList.toggle("urgent", urgent > 0);
    if (fresh.length) show.textContent = (urgent ? show.dataset.urgent : show.dataset.many).replace("{n}", fresh.length).replace("{m}", urgent);
    const none = piece("line").querySelector(".none p");
    if (none && fresh.some((r) => groupOf(r) === "waiting")) none.textContent = none.dataset.come;
  }

  function refresh(row, now, mine) {
    const link = row.querySelector("a");
    const put = (part, text) => { link.querySelector(part).textContent = text; };
    if (!now) { // they may have said 消す: nothing of them stays
      link.style.minHeight = link.offsetHeight + "px"; // its neighbours stay where they are
      link.classList.add("gone");
      link.classList.remove("long", "clear");
      put(".alias", mine.dataset.left);
      for (const part of [".since", ".why", ".tags", ".last"]) put(part, "\u00a0");
      return;
    }
    const moved = groupOf(now) !== groupOf(row);
    if (paused) { // it holds still; what was withdrawn goes nevertheless
      for (const part of [".alias", ".last"]) put(part, now.querySelector(part).textContent);
    } else if (row.dataset.rev !== now.dataset.rev || moved) {
      row.dataset.rev = now.dataset.rev;
      const fresh = now.querySelector("a");
      link.style.minHeight = link.offsetHeight + "px";
      link.className = fresh.className + (moved && groupOf(now) !== "asked" ? " gone" : "");
      link.replaceChildren(...fresh.cloneNode(true).childNodes);
    } else {
      put(".since", now.querySelector(".since").textContent);
    }
  }
  return { take };
}

// One talk: letters are patched by their ids, and the boxes that somebody
// writes in are never touched.
function startTalk(caseID, again) {
  const form = document.querySelector("#fresh-talk form");
  const show = form?.querySelector("button");
  let asked = false; // somebody has asked for the new words: they come into view
  form?.addEventListener("submit", async (e) => {
    e.preventDefault();
    asked = true;
    try {
      const answer = await fetch(form.action, { method: "POST", redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error("open");
      again();
    } catch {
      form.submit();
    }
  });

  function take(doc) {
    for (const name of ["head", "aside", "held", "promise", "log"]) swap(piece(name), piece(name, doc));
    if (doc.title) document.title = doc.title;
    const fresh = Number(piece("letters", doc).dataset.fresh || 0);
    const first = patch(piece("letters"), piece("letters", doc));
    form.hidden = fresh === 0;
    form.previousElementSibling.hidden = fresh !== 0 || piece("letters").querySelector(".seal") !== null || piece("act", doc).dataset.state.endsWith("gone");
    if (fresh) show.textContent = show.dataset.many.replace("{n}", fresh);
    if (asked && first) {
      asked = false;
      first.scrollIntoView({ block: "start" });
    }
    acts(doc);
  }

  // acts takes over what can be done now, but for a box that somebody writes in.
  function acts(doc) {
    const mine = piece("act");
    const theirs = piece("act", doc);
    const before = mine.dataset.state;
    const after = theirs.dataset.state;
    if (before === after) {
      swap(document.getElementById("words-help"), doc.getElementById("words-help"));
      return;
    }
    const n = document.getElementById("notice");
    const gone = after.endsWith("gone");
    say(gone ? n.dataset.deleted : n.dataset.changed, location.pathname, n.dataset.reload);
    if (gone) forget(doc);
    if (gone || before !== "mine") {
      mine.dataset.state = after;
      mine.replaceChildren(...theirs.childNodes);
    }
  }

  // forget: the person said 消す. Nothing that names them stays on the page; a note
  // that a colleague is writing does.
  function forget(doc) {
    dropDraft("answer");
    const note = document.querySelector('#helps form[data-draft="note"]');
    const helps = doc.getElementById("helps");
    const box = helps?.querySelector('form[data-draft="note"]');
    if (note && box) box.replaceWith(note);
    if (helps) document.getElementById("helps").replaceChildren(...helps.childNodes);
  }
  return { take };
}

// differ leaves out what scripts have written into a piece themselves.
function differ(mine, theirs) {
  const bare = (el) => {
    const copy = el.cloneNode(true);
    copy.querySelectorAll("[data-touch]").forEach((p) => p.replaceChildren());
    return copy.innerHTML.trim();
  };
  return bare(mine) !== bare(theirs);
}

function swap(mine, theirs) {
  if (mine && theirs && mine.innerHTML !== theirs.innerHTML) mine.replaceChildren(...theirs.childNodes);
}

// patch gives the first letter that was not there before.
function patch(mine, theirs) {
  const key = (li) => li.dataset.said;
  const list = mine.querySelector("ol");
  const old = new Map([...list.children].map((li) => [key(li), li]));
  let last = null;
  let first = null;
  for (const li of [...theirs.querySelector("ol").children]) {
    let stands = old.get(key(li));
    old.delete(key(li));
    if (!stands) {
      stands = li;
      first ??= li;
      last ? last.after(li) : list.prepend(li);
    } else if (text(stands) !== text(li)) {
      stands.replaceWith(li);
      stands = li;
    }
    last = stands;
  }
  for (const li of old.values()) li.remove();
  swap(mine.querySelector(".after"), theirs.querySelector(".after"));
  return first;
}
const text = (li) => li.className + li.textContent.replace(/\s+/g, " ");
