// The preview: draws what the server says of the words, the phone and the map.
// The phone is a page of its own in the middle; it follows its talk by itself.
const $ = (id) => document.getElementById(id);
const base = "t/" + document.body.dataset.talk + "/";
const phone = $("phone");
let now = null, file = "", chosen = false, wide = false, mapOf = "", proofOf = "", sheetOf = "";

// say is a word of the page, with its {holes} filled.
const told = JSON.parse(document.body.dataset.say);
const say = (key, holes) => told[key].replace(/\{(\w+)\}/g, (whole, name) => holes && name in holes ? holes[name] : whole);

function el(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

async function wish(what, value) {
  const r = await fetch(base + "do", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ do: what, value: value || "" }),
  }).catch(() => null);
  return r && r.ok;
}

// ---- the file

async function showFile() {
  const name = file, list = $("sheet");
  const r = name ? await fetch(base + "file?name=" + encodeURIComponent(name)).catch(() => null) : null;
  if (name !== file) return; // another was asked for meanwhile
  if (!r || !r.ok) return list.replaceChildren(el("li", "soft", name ? say("nofile") : ""));
  const s = await r.json();
  const at = {};
  for (const f of s.faults) (at[Math.max(1, f.line)] ||= []).push(f);
  let first = null;
  list.replaceChildren(...s.lines.map((text, i) => {
    const n = i + 1, li = el("li"), words = el("span", "line" + (/^\s*#/.test(text) ? " remark" : ""), text || " ");
    li.append(el("span", "", String(n)), words);
    if (n >= s.from && n <= s.to) li.className = "here";
    for (const f of at[n] || []) {
      if (!f.warn) li.className = "wrong";
      li.append(faultBox(f));
    }
    if (!first && (li.className === "wrong" || (li.className === "here" && !s.faults.some((f) => !f.warn)))) first = li;
    return li;
  }));
  list.dataset.name = s.name;
  if (first) $("sheetbox").scrollTop = first.offsetTop - $("sheetbox").offsetTop - 60;
}

function faultBox(f) {
  const box = el("div", "fault" + (f.warn ? " warn" : ""));
  box.append(el("p", "", (f.warn ? say("noticed") : "") + (f.line ? say("at", f) + ": " : "") + f.text));
  if (f.as) box.append(el("p", "soft", say("as") + f.as));
  if (f.should && f.should !== f.as) box.append(el("p", "", say("should") + f.should));
  return box;
}

function tabs() {
  const names = [...new Set([...now.faults, ...now.talks].map((f) => f.file))].filter((n) => n.endsWith(".yaml")).slice(0, 6);
  const all = [...new Set([...names, ...now.files])];
  if (chosen && !all.includes(file) && !names.length) chosen = false;
  if (!chosen || !all.includes(file)) file = all[0] || "";
  $("files").replaceChildren(...all.map((name) => {
    const b = el("button", "", name);
    b.type = "button";
    b.setAttribute("aria-pressed", String(name === file));
    b.addEventListener("click", () => { file = name; chosen = true; tabs(); showFile(); });
    return b;
  }));
}

// ---- what is wrong

function faults() {
  $("faults").hidden = now.faults.length === 0;
  $("faultlist").replaceChildren(...now.faults.slice(0, 20).map((f) => {
    const li = el("li"), b = el("button", "", f.file + (f.line ? " " + say("at", f) : ""));
    b.type = "button";
    b.addEventListener("click", () => { file = f.file; chosen = true; tabs(); showFile(); pane("file"); });
    li.append(b, f.text + (f.should && f.should !== f.as ? "\n" + say("should") + f.should : ""));
    return li;
  }));
  $("refused").hidden = !(now.refused || []).length;
  $("refused").replaceChildren(...(now.refused || []).map((t) => el("li", "", say("refused") + t)));
}

function proof() {
  const p = now.proof, bad = p.errors.length + now.talks.length;
  let text = "";
  if (p.running) text = say("running");
  else if (p.fresh && !bad) text = say("well", { n: p.warnings });
  else if (p.fresh) text = say("bad", { bad, n: p.warnings });
  $("proof").hidden = !document.body.dataset.folder; // what is in force was proved before it came into force
  $("proof").textContent = text + (text ? " " : "") + say("took", { s: (now.took / 1000).toFixed(2) });
  const lines = [...now.talks.map((f) => f.file + ":" + f.line + " " + f.text), ...p.errors];
  $("found").hidden = !lines.length || p.running;
  $("found").querySelector("summary").textContent = say("look", { n: lines.length });
  $("found").querySelector("ol").replaceChildren(...lines.slice(0, 50).map((l) => el("li", "", l)));
}

// ---- the map

async function showMap() {
  const flow = wide || !now.flow ? "" : now.flow;
  const key = now.hash + "|" + flow + "|" + proofOf;
  if (key !== mapOf) {
    mapOf = key;
    const r = await fetch(base + "map.svg?flow=" + encodeURIComponent(flow)).catch(() => null);
    if (!r || !r.ok || key !== mapOf) return;
    const svg = new DOMParser().parseFromString(await r.text(), "image/svg+xml").documentElement;
    svg.setAttribute("role", "group"); // a picture of its own; here its parts can be pressed
    $("mapbox").replaceChildren(document.importNode(svg, true));
    for (const g of $("mapbox").querySelectorAll("[data-scene]")) {
      g.setAttribute("tabindex", "0");
      g.setAttribute("role", "button");
      g.addEventListener("click", () => jump(g.dataset.scene));
      g.addEventListener("keydown", (ev) => { if (ev.key === "Enter" || ev.key === " ") { ev.preventDefault(); jump(g.dataset.scene); } });
    }
  }
  let here = null;
  for (const g of $("mapbox").querySelectorAll("[data-scene]")) {
    const is = g.dataset.scene === now.at && g.dataset.kind === "1";
    g.classList.toggle("now", is);
    if (is) { here = g; g.setAttribute("aria-current", "true"); } else g.removeAttribute("aria-current");
  }
  if (here) {
    const box = $("mapbox"), a = here.getBoundingClientRect(), b = box.getBoundingClientRect();
    box.scrollTop += a.top - b.top - box.clientHeight / 2;
    box.scrollLeft += a.left - b.left - 80;
  }
}

function jump(scene) { wish("jump", scene); }

// ---- the phone

// dress sets the switches of the phone's own page, which knows them already.
function dress() {
  const doc = phone.contentDocument;
  if (!doc || !doc.getElementById("pc")) return;
  for (const name of ["pc", "typed"]) {
    const box = doc.getElementById(name);
    if (box.checked !== $(name).checked) box.click();
  }
  const size = doc.querySelector("[name=size][value='" + ($("large").checked ? "150" : "100") + "']");
  if (!size.checked) size.click();
}

function aside() {
  $("name").textContent = now.name || "";
  $("hours").textContent = (now.open ? say("open") : say("shut")) +
    (now.mode === "waiting" ? say("waiting") : now.mode === "human" ? say("human") : "");
  for (const [id, v] of [["lang", now.lang], ["staff", now.staff]]) if (document.activeElement !== $(id)) $(id).value = v;
  if (document.activeElement !== $("clock")) $("clock").value = now.clock;
  $("aloud").replaceChildren(...(now.read || []).map((s) => {
    const li = el("li");
    li.append(el("b", "", s.role), s.text);
    return li;
  }));
  $("why").replaceChildren(...(now.why || []).map((w) => el("li", "", w)));
}

function tell(next) {
  const was = now;
  now = next;
  document.body.dataset.version = now.version;
  document.body.dataset.at = now.at;
  if (!was || was.at !== now.at) chosen = false;
  proofOf = now.proof.running ? proofOf : now.proof.fresh + "/" + now.proof.errors.length + "/" + now.proof.warnings;
  faults();
  tabs();
  proof();
  aside();
  const sheetNow = [now.version, file, now.at, now.talks.length].join("|");
  if (sheetNow !== sheetOf) { sheetOf = sheetNow; showFile(); }
  if (now.ready) showMap();
}

function pane(name) {
  document.body.dataset.pane = name;
  for (const b of document.querySelectorAll(".panes button")) b.setAttribute("aria-pressed", String(b.dataset.to === name));
  if (name === "map" && now && now.ready) showMap();
}

function listen() {
  const source = new EventSource(base + "live");
  source.addEventListener("now", (ev) => tell(JSON.parse(ev.data)));
  source.addEventListener("open", () => { $("offline").hidden = true; });
  source.addEventListener("error", () => { $("offline").hidden = false; });
}

function buttons() {
  $("controls").addEventListener("submit", (ev) => ev.preventDefault());
  $("lang").addEventListener("change", () => wish("lang", $("lang").value));
  $("staff").addEventListener("change", () => wish("staff", $("staff").value));
  $("clock").addEventListener("change", () => wish("clock", $("clock").value));
  $("today").addEventListener("click", () => wish("clock", ""));
  $("restart").addEventListener("click", async () => { if (await wish("restart")) phone.contentWindow.location.reload(); });
  for (const id of ["pc", "typed", "large"]) $(id).addEventListener("change", dress);
  phone.addEventListener("load", dress);
  $("mapone").addEventListener("click", () => widen(false));
  $("mapall").addEventListener("click", () => widen(true));
  for (const b of document.querySelectorAll(".panes button")) b.addEventListener("click", () => pane(b.dataset.to));
}

function widen(all) {
  wide = all;
  $("mapall").setAttribute("aria-pressed", String(all));
  $("mapone").setAttribute("aria-pressed", String(!all));
  if (now && now.ready) showMap();
}

if (matchMedia("(max-width: 64rem)").matches) document.querySelector(".set").open = false; // the phone first
buttons();
listen();
