// Writing: drafts live in this tab until they were sent, Enter never sends, and
// a second click changes nothing.
const store = {
  get: (k) => { try { return sessionStorage.getItem(k); } catch { return null; } },
  set: (k, v) => { try { sessionStorage.setItem(k, v); } catch { /* a full or forbidden store: the page itself still holds the words */ } },
  drop: (k) => { try { sessionStorage.removeItem(k); } catch { /* nothing there */ } },
};

export function startWriting() {
  for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
  if (document.querySelector('[data-piece="act"][data-state~="gone"]')) dropDraft("answer");
  for (const button of document.querySelectorAll("[data-insert]")) insert(button);
  document.addEventListener("submit", once);
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sending;
  });
}

const keyOf = (what) => `draft:${document.body.dataset.case}:${what}`;

// dropDraft lets go of words that can never be sent: who said 消す left nothing behind.
export function dropDraft(what) { store.drop(keyOf(what)); }

function keepDraft(form) {
  const box = form.querySelector("textarea");
  const act = form.elements.act;
  const key = keyOf(form.dataset.draft);
  const kept = JSON.parse(store.get(key) || "null");
  let sent = ""; // what the form held when it was last sent
  const back = box.dataset.back || ""; // an answer that was taken back lies in the box
  if (kept && arrived(kept.act)) {
    store.drop(key);
  } else if (kept && back) {
    const typed = box.value !== box.defaultValue; // by somebody who was quicker than this script
    if (kept.back !== back && !box.defaultValue.includes(kept.text)) box.value += "\n" + kept.text;
    else if (kept.back === back && !typed) box.value = kept.text; // it has been worked on since
  } else if (kept && (!box.value || box.value === kept.text)) {
    box.value = kept.text;
    act.value = kept.act; // the same letter, though the page was loaded anew in between
    sent = kept.sent || "";
  }
  const keep = () => {
    if (sent && box.value !== sent) {
      act.value = crypto.randomUUID(); // other words are another letter
      sent = "";
    }
    if (box.value || back) store.set(key, JSON.stringify({ text: box.value, act: act.value, sent, back }));
    else store.drop(key);
  };
  form.addEventListener("submit", () => { sent = box.value; keep(); });
  if (box.value) keep();
  box.addEventListener("input", keep);
  if (form.dataset.draft === "answer") tellWriting(box);
  box.addEventListener("keydown", (e) => {
    // While a Japanese word is being composed every key belongs to the input
    // method. Some browsers tell only by the old key code.
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && form.dataset.draft === "answer") {
      e.preventDefault();
      form.requestSubmit();
    }
  });
}

// tellWriting lets colleagues who have the same talk open see that somebody writes.
function tellWriting(box) {
  let told = 0;
  box.addEventListener("input", () => {
    if (Date.now() - told < 5_000) return;
    told = Date.now();
    fetch(`/case/${document.body.dataset.case}/writing`, { method: "POST", redirect: "manual" }).catch(() => { /* it matters to nobody later */ });
  });
}

// arrived says whether the server has this letter: it said so, or it stands in the talk.
function arrived(act) {
  const id = `${document.body.dataset.case}/a-${act}`;
  return act === document.body.dataset.sent || document.querySelector(`[data-said="${CSS.escape(id)}"]`) !== null;
}

function once(e) {
  const form = e.target;
  if (!("once" in form.dataset) || e.defaultPrevented) return;
  if (form.dataset.sending) e.preventDefault();
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, 5_000);
}

function insert(button) {
  if (!document.getElementById("words")) return;
  button.hidden = false;
  button.addEventListener("click", () => put(button.dataset.insert));
}

// Where its writer was in the reply; a box that nobody has been in is written on at its end.
let place = null;
document.addEventListener("focusout", (e) => {
  if (e.target.id === "words") place = [e.target.selectionStart, e.target.selectionEnd];
});

// put sets a text into the reply, where its writer is.
export function put(text) {
  const box = document.getElementById("words");
  if (!box) return;
  const [from, to] = place ?? [box.value.length, box.value.length];
  const gap = from > 0 && box.value[from - 1] !== "\n" ? "\n" : "";
  box.setRangeText(gap + text, from, to);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  const end = from + gap.length + text.length;
  box.setSelectionRange(end, end);
}
