// The phone: shows a talk as it streams in and sends what is done on it.
// The server keeps the truth; this page only draws it.
import { el, icon, spoken, drawFlex, drawTemplate, actionButton } from "./flex.js";

const user = document.body.dataset.user, house = document.body.dataset.name;
const $ = (id) => document.getElementById(id);
const talk = $("talk"), words = $("words"), quick = $("quick"), tray = $("tray"), menu = $("menu");
const stickers = [
  ["hello", "52002734", "こんにちは"], ["thanks", "52002735", "ありがとう"], ["sorry", "52002736", "ごめんなさい"],
  ["rain", "52002741", "しょんぼり"], ["night", "52002743", "おやすみ"], ["cat", "52002745", "ねこ"],
];
const drawn = new Map(); // key of an entry → its element
let pinned = true, unseen = 0, holding = "", day = "", lastVoice = "", dotsTimer = 0, menuShown = "", first = true;

async function send(what) {
  closeTray();
  const r = await fetch("phone/act?user=" + user, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
  }).catch(() => null);
  if (!r || !r.ok) note("届きませんでした。もう一度どうぞ。");
}

// tap does what LINE does with an action.
function tap(a) {
  if ($("typed").checked) return;
  hideQuick();
  switch (a.type) {
    case "postback": return send({ do: "postback", data: a.data, shown: a.displayText || a.text || "" });
    case "message": return send({ do: "text", text: a.text });
    case "richmenuswitch": return send({ do: "switch", data: a.data, value: a.richMenuAliasId });
    case "datetimepicker": return pickWhen(a);
    case "location": return $("place").showModal();
    case "camera": case "cameraRoll": return $("album").click();
    case "clipboard": return navigator.clipboard.writeText(a.clipboardText);
    case "uri": return window.open(a.uri, "_blank", "noopener");
  }
}

// ---- the talk

function atEnd() { return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80; }
function toEnd() { talk.scrollTop = talk.scrollHeight; pinned = true; unseen = 0; $("newer").hidden = true; }

function add(node, mine) {
  const follow = mine || first || pinned;
  dots(0);
  talk.append(node);
  if (!first) node.classList.add("fresh");
  if (follow) toEnd();
  else {
    unseen++;
    $("newer").textContent = "新しいもの " + unseen + "件を見る";
    $("newer").hidden = false;
  }
}

// The resident's phone is in Japan, wherever this browser is.
const japan = (form) => new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", ...form });
const hours = japan({ hour: "numeric", minute: "2-digit" }), days = japan({ month: "long", day: "numeric", weekday: "short" });

function clock(ms) { return hours.format(ms); }

function dayLine(ms) {
  const name = days.format(ms);
  if (name === day) return;
  day = name;
  lastVoice = "";
  talk.append(el("p", "day", name));
}

function note(text) { lastVoice = ""; add(el("p", "note", text)); }

function stickerName(id) { const s = stickers.find((x) => x[1] === id); return s || ["cat", id, "スタンプ"]; }

function stickerBox(m) {
  const [name, , label] = stickerName(m.stickerId);
  const box = el("div", "sticker-box");
  const svg = icon("st-" + name, "sticker");
  svg.removeAttribute("aria-hidden");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "スタンプ「" + ((m.keywords || [])[0] || label) + "」");
  box.append(svg);
  return box;
}

function card(name, title, more) {
  const e = el("div", "bubble card"), side = el("div");
  side.append(el("strong", "", title));
  if (more) side.append(el("span", "soft", more));
  e.append(icon(name), side);
  return e;
}

function photo(src, name) {
  const img = el("img", "photo");
  img.alt = name;
  img.src = src;
  img.addEventListener("load", () => { if (pinned) toEnd(); }, { once: true });
  return img;
}

// content draws one message, whoever sent it.
function content(n) {
  const m = n.raw || {};
  switch (n.kind) {
    case "flex": return drawFlex(m, tap);
    case "template": return drawTemplate(m, tap);
    case "sticker": return stickerBox(m);
    case "image": return n.mine ? photo("phone/media/" + n.id, "送った写真") : card("photo", "写真");
    case "location": return card("pin", m.title || "場所", m.address);
    case "file": return card("file", m.fileName || "ファイル");
    case "audio": return card("sound", "声のメッセージ");
    case "video": return card("play", "動画");
    case "imagemap": return card("photo", m.altText);
    case "coupon": return card("file", "クーポン");
    case "text": case "textV2": return spoken("p", "bubble", n.text || m.text);
  }
  return card("file", "この電話では見られないもの");
}

function mine(n) {
  const e = el("div", "mine"), stamp = el("div", "stamp");
  if (n.id) {
    const less = el("button", "plain less");
    less.type = "button";
    less.setAttribute("aria-label", "このメッセージのメニュー");
    less.append(icon("dots"));
    less.addEventListener("click", () => askUnsend(n.id));
    e.append(less);
    longPress(e, () => askUnsend(n.id));
  }
  stamp.append(el("span", "read", n.read ? "既読" : ""), el("time", "", clock(n.at)));
  e.append(stamp, content(n));
  return e;
}

function theirs(n) {
  const who = n.name || house, voice = n.voice || "leaf", key = voice + who;
  const wide = ["flex", "template"].includes(n.kind);
  const e = el("div", "turn " + voice + (key === lastVoice ? " same" : "") + (wide ? " wide" : ""));
  const face = el("div", "face"), said = el("div", "said");
  face.append(icon(voice));
  said.append(content(n), el("time", "", clock(n.at)));
  e.append(face, el("div", "name", who), said);
  lastVoice = key;
  return e;
}

const notes = { follow: "友だちに追加しました", unfollow: "ブロックしました" };

function entry(n) {
  const old = drawn.get(n.key);
  if (n.gone) {
    const gone = el("p", "note", "送信を取り消しました");
    if (old) old.replaceWith(gone); else add(gone, true);
    drawn.set(n.key, gone);
    lastVoice = "";
    return;
  }
  if (old) { // 既読 is all that changes otherwise
    const read = old.querySelector(".read");
    if (read && n.read) read.textContent = "既読";
    return;
  }
  dayLine(n.at);
  hideQuick(); // quick replies live until anything new
  let node;
  if (notes[n.kind]) node = el("p", "note", notes[n.kind]);
  else node = n.mine ? mine(n) : theirs(n);
  if (n.mine) lastVoice = "";
  drawn.set(n.key, node);
  add(node, n.mine);
  const items = !n.mine && n.raw && n.raw.quickReply && n.raw.quickReply.items;
  if (items) showQuick(items);
}

function showQuick(items) {
  quick.replaceChildren(...items.map((i) => actionButton(i.action, "", tap)));
  quick.hidden = false;
  if (pinned) toEnd(); // they take room from the talk
}

function hideQuick() { quick.hidden = true; quick.replaceChildren(); }

function dots(ms) {
  clearTimeout(dotsTimer);
  const old = talk.querySelector(".loading");
  if (old) old.remove();
  if (!ms) return;
  const e = el("div", "turn leaf loading"), face = el("div", "face"), said = el("div", "said"), b = el("p", "bubble");
  const three = el("span", "dots");
  three.setAttribute("role", "img");
  three.setAttribute("aria-label", "考えています");
  three.append(el("i"), el("i"), el("i"));
  face.append(icon("leaf"));
  b.append(three);
  said.append(b);
  e.append(face, el("div", "name", house), said);
  talk.append(e);
  if (pinned) toEnd();
  dotsTimer = setTimeout(() => e.remove(), ms);
}

// ---- the frame around it

function state(s) {
  $("stranger").hidden = s.friend || s.blocked;
  $("blocked").hidden = !s.blocked;
  $("composer").hidden = s.blocked;
  $("block").hidden = s.blocked;
  if (s.blocked) { hideQuick(); closeTray(); }
  dots(s.loading);
  if (menuShown !== (s.spec ? s.menu : "")) drawMenu(s);
}

function drawMenu(s) {
  menuShown = s.spec ? s.menu : "";
  $("menuopen").hidden = !s.spec;
  menu.replaceChildren();
  if (!s.spec) return openMenu(false);
  const { size, areas, chatBarText, selected } = s.spec, img = el("img");
  img.alt = "";
  img.src = "phone/menu/" + s.menu;
  menu.append(img);
  for (const a of areas) {
    const b = actionButton(a.action, "", tap);
    b.textContent = "";
    b.setAttribute("aria-label", a.action.label || a.action.text || a.action.displayText || "メニュー");
    b.style.left = (a.bounds.x / size.width) * 100 + "%";
    b.style.top = (a.bounds.y / size.height) * 100 + "%";
    b.style.width = (a.bounds.width / size.width) * 100 + "%";
    b.style.height = (a.bounds.height / size.height) * 100 + "%";
    menu.append(b);
  }
  $("menuopen").setAttribute("aria-label", chatBarText);
  openMenu(selected);
}

function openMenu(open) {
  menu.hidden = !open;
  $("menuopen").setAttribute("aria-expanded", String(open));
  if (open) closeTray();
}

function closeTray() { tray.hidden = true; $("attach").setAttribute("aria-expanded", "false"); }

function askUnsend(id) { holding = id; $("ask").showModal(); }

function longPress(e, then) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  e.addEventListener("pointerdown", (ev) => { if (ev.pointerType !== "mouse") timer = setTimeout(then, 550); });
  for (const end of ["pointerup", "pointercancel", "pointermove", "pointerleave"]) e.addEventListener(end, stop);
}

function pickWhen(a) {
  const field = $("whenvalue");
  field.type = a.mode === "datetime" ? "datetime-local" : a.mode;
  field.value = a.initial || "";
  field.min = a.min || "";
  field.max = a.max || "";
  $("whenlabel").textContent = a.label || "";
  $("whenform").onsubmit = () => send({ do: "picked", data: a.data, key: a.mode, value: field.value });
  $("when").showModal();
}

function grow() {
  words.style.height = "auto";
  words.style.height = Math.min(words.scrollHeight + 2, 8.5 * parseFloat(getComputedStyle(document.documentElement).fontSize)) + "px";
  $("send").setAttribute("aria-disabled", String(words.value.trim() === ""));
}

function submit() {
  const text = words.value;
  if (text.trim() === "") return;
  words.value = "";
  grow();
  hideQuick();
  send({ do: "text", text });
  words.focus();
}

// Enter sends with a keyboard (Shift+Enter: new line) and on a phone makes a new
// line. It never sends while Japanese is being composed: 229 is what Safari says then.
function enter(ev) {
  if (ev.key !== "Enter" || ev.isComposing || ev.keyCode === 229 || ev.shiftKey) return;
  if (matchMedia("(pointer: coarse)").matches && !document.documentElement.classList.contains("pc")) return;
  ev.preventDefault();
  submit();
}

function listen() {
  const source = new EventSource("phone/events?user=" + user);
  source.addEventListener("entry", (ev) => entry(JSON.parse(ev.data)));
  source.addEventListener("state", (ev) => { state(JSON.parse(ev.data)); first = false; talk.removeAttribute("aria-busy"); });
  source.addEventListener("restart", () => location.reload());
  source.addEventListener("open", () => { $("offline").hidden = true; });
  source.addEventListener("error", () => { $("offline").hidden = false; });
}

function buttons() {
  $("composer").addEventListener("submit", (ev) => { ev.preventDefault(); submit(); });
  words.addEventListener("keydown", enter);
  words.addEventListener("input", grow);
  words.addEventListener("input", () => openMenu(false)); // a keyboard takes the menu's place, as it does in LINE
  tray.addEventListener("keydown", (ev) => { if (ev.key === "Escape") { closeTray(); $("attach").focus(); } });
  $("newer").addEventListener("click", () => { toEnd(); talk.focus(); });
  talk.addEventListener("scroll", () => { pinned = atEnd(); if (pinned && unseen) toEnd(); });
  new ResizeObserver(() => { if (pinned) toEnd(); }).observe(talk); // keyboards, trays and menus come and go
  $("add").addEventListener("click", () => send({ do: "follow" }));
  $("unblock").addEventListener("click", () => send({ do: "follow" }));
  $("menuopen").addEventListener("click", () => openMenu(menu.hidden));
  $("attach").addEventListener("click", () => {
    const open = tray.hidden;
    openMenu(false);
    tray.hidden = !open;
    $("attach").setAttribute("aria-expanded", String(open));
  });
  $("pickphoto").addEventListener("click", () => $("album").click());
  $("album").addEventListener("change", async () => {
    const file = $("album").files[0];
    closeTray();
    if (!file) return;
    const r = await fetch("phone/photo?user=" + user, { method: "POST", headers: { "Content-Type": file.type }, body: file }).catch(() => null);
    if (!r || !r.ok) note("この写真は送れませんでした。");
    $("album").value = "";
  });
  $("pickplace").addEventListener("click", () => $("place").showModal());
  $("placeform").addEventListener("submit", () =>
    send({ do: "location", title: $("placename").value, address: $("placeaddress").value, lat: 35.681236, lon: 139.767125 }));
  $("stickers").append(...stickers.map(([name, id, label]) => {
    const b = el("button");
    b.type = "button";
    b.setAttribute("aria-label", label);
    b.append(icon("st-" + name));
    b.addEventListener("click", () => send({ do: "sticker", pack: "11537", id, keywords: [label] }));
    return b;
  }));
}

function settings() {
  for (const c of document.querySelectorAll("dialog .close")) c.addEventListener("click", () => c.closest("dialog").close());
  $("more").addEventListener("click", () => $("sheet").showModal());
  $("unsend").addEventListener("click", () => { $("ask").close(); send({ do: "unsend", id: holding }); });
  $("block").addEventListener("click", () => { $("sheet").close(); send({ do: "unfollow" }); });
  $("again").addEventListener("click", () => { $("sheet").close(); send({ do: "again" }); });
  $("typed").addEventListener("change", () => document.documentElement.classList.toggle("typed", $("typed").checked));
  $("pc").addEventListener("change", () => document.documentElement.classList.toggle("pc", $("pc").checked));
  for (const r of document.querySelectorAll("[name=size]")) r.addEventListener("change", () => { document.documentElement.dataset.size = r.value; grow(); });
  for (const r of document.querySelectorAll("[name=weather]")) r.addEventListener("change", () => send({ do: "weather", value: r.value }));
}

buttons();
settings();
grow();
listen();
