// Keys. Single letters work only outside of writing, and can be turned off on
// one's own page; the list of them is the dialog under "?".
const simple = {
  n: "fresh", p: "pause", o: "open", c: "claim", r: "answer", m: "note", e: "extend", b: "return", a: "ack", s: "snooze", t: "ask", f: "filter", u: "undo", i: "pick", "+": "new",
};

export function startKeys() {
  if (!document.getElementById("keys")) return;
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const writing = e.target.closest?.("input, textarea, select, [contenteditable]");
    if (e.key === "Escape" && writing) return writing.blur();
    if (writing || e.ctrlKey || e.metaKey || e.altKey || document.body.dataset.keys !== "on") return;
    if (press(e.key)) e.preventDefault();
  });
}

function press(key) {
  switch (key) {
    case "?":
      document.getElementById("keys").showModal();
      return true;
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "l":
      location.href = "/";
      return true;
  }
  if (document.getElementById("keys").open) return false;
  const target = [...document.querySelectorAll(`[data-key="${simple[key]}"]`)].find(seen);
  return act(target);
}

// What only keeps its place cannot be pressed.
const seen = (el) => el.checkVisibility({ visibilityProperty: true });

function act(el) {
  if (!el) return false;
  if (el.matches("textarea, input, select")) el.focus();
  else el.click();
  if (el.matches("summary")) el.focus();
  return true;
}

function step(by) {
  const rows = [...document.querySelectorAll("#line .row")].filter(seen);
  if (!rows.length) return false;
  let at = rows.indexOf(document.activeElement);
  if (at < 0) at = rows.findIndex((r) => r.getAttribute("aria-current"));
  if (at < 0 && by < 0) at = 0;
  rows[Math.max(0, Math.min(rows.length - 1, at + by))].focus();
  return true;
}
