// The alarm's sound and the marks in the title, on the tab's picture and, where the
// console is installed, on its badge, until somebody has it. Browsers let a page sound
// only after it was touched once; until then it says so.
const EVERY = 20_000;
let audio = null;

const wants = () => { try { return localStorage.getItem("engawa:sound") !== "off"; } catch { return true; } };

// hushed says whether these are one's own quiet hours, by the clock of the house.
const hushed = () => {
  const [from, to, zone] = (document.body.dataset.hush || "").split(" ").map(Number);
  if (!Number.isFinite(from) || from === to) return false;
  const now = (Math.floor(Date.now() / 60_000) + zone) % 1440;
  return from < to ? from <= now && now < to : now >= from || now < to;
};

export function startAlarm() {
  const touch = () => {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().then(hint);
    hint();
  };
  addEventListener("pointerdown", touch);
  addEventListener("keydown", touch);
  settings();
  let sounded = 0;
  function heard() {
    const many = document.querySelectorAll("[data-alarm]").length;
    const open = many > 0;
    const title = (open ? "● " : "") + document.title.replace(/^● /, "");
    if (title !== document.title) document.title = title;
    mark(many);
    hint();
    if (!open) sounded = 0;
    else if (Date.now() - sounded >= EVERY && ring()) sounded = Date.now();
  }
  setInterval(heard, 1_000);
  heard();
  return () => { sounded = 0; heard(); };
}

// mark puts the alarms on the tab's picture and on the badge, when their number changes.
let marked = 0;
function mark(many) {
  if (many === marked) return;
  marked = many;
  const icon = document.querySelector('link[rel="icon"]');
  if (icon) icon.setAttribute("href", many ? icon.dataset.rings : icon.dataset.rests);
  const badge = many ? navigator.setAppBadge?.(many) : navigator.clearAppBadge?.();
  badge?.catch(() => { /* the console is not installed here */ });
}

// hint says how it stands with the sound. It always says something, so that
// nothing below it moves when the first touch comes.
function hint() {
  const p = document.querySelector("[data-touch]");
  if (!p) return;
  if (!wants()) p.textContent = p.dataset.off;
  else if (hushed()) p.textContent = p.dataset.hushed;
  else p.textContent = audio?.state === "running" ? p.dataset.on : p.dataset.touch;
}

// ring plays two soft strokes of a bell.
function ring() {
  if (!wants() || hushed() || !audio || audio.state !== "running") return false;
  for (const [at, tone] of [[0, 784], [0.45, 659]]) {
    const wave = audio.createOscillator();
    const loud = audio.createGain();
    const from = audio.currentTime + at;
    wave.type = "sine";
    wave.frequency.value = tone;
    loud.gain.setValueAtTime(0.0001, from);
    loud.gain.exponentialRampToValueAtTime(0.25, from + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + 1.4);
    wave.connect(loud).connect(audio.destination);
    wave.start(from);
    wave.stop(from + 1.5);
  }
  return true;
}

function settings() {
  const box = document.getElementById("sound");
  if (!box) return;
  box.hidden = false;
  const [toggle, test] = box.querySelectorAll("button");
  toggle.setAttribute("aria-pressed", String(wants()));
  toggle.addEventListener("click", () => {
    const on = !wants();
    try { localStorage.setItem("engawa:sound", on ? "on" : "off"); } catch { /* this browser keeps nothing */ }
    toggle.setAttribute("aria-pressed", String(on));
  });
  test.addEventListener("click", () => setTimeout(ring, 200));
}
