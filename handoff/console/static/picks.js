// Putting what is kept ready into the reply: one key opens the list, one digit takes
// from it. Typing looks for words; without this script the list is a page.
import { put } from "./write.js";

export function startPicks() {
  const dialog = document.getElementById("picks");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[data-list]");
  let turn = 0;
  let here = Promise.resolve();

  function load() {
    const mine = ++turn;
    const body = new URLSearchParams({ part: "list", q: input.value });
    here = fetch(dialog.dataset.from, { method: "POST", body, cache: "no-store" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error("picks"))))
      .then((page) => {
        if (mine !== turn) return;
        list.replaceChildren(...new DOMParser().parseFromString(page, "text/html").body.childNodes);
      })
      .catch(() => { if (mine === turn) list.textContent = dialog.dataset.away; });
  }

  function take(button) {
    if (!button) return;
    dialog.close();
    put(button.value);
  }

  const buttons = () => [...list.querySelectorAll("[data-pick]")];
  document.addEventListener("click", (e) => {
    const opener = e.target.closest?.("#pick");
    if (opener) {
      e.preventDefault();
      input.value = "";
      load();
      dialog.showModal();
      input.focus();
    }
  });
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229 || e.target.id !== "words") return;
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "i") {
      e.preventDefault();
      document.getElementById("pick")?.click();
    }
  });
  list.addEventListener("click", (e) => {
    const button = e.target.closest("[data-pick]");
    if (!button) return;
    e.preventDefault();
    take(button);
  });
  let pause;
  input.addEventListener("input", (e) => {
    if (e.isComposing) return;
    clearTimeout(pause);
    pause = setTimeout(load, 120);
  });
  input.addEventListener("compositionend", load);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "ArrowDown") {
      e.preventDefault();
      buttons()[0]?.focus();
    } else if (e.key === "Enter") {
      e.preventDefault();
      clearTimeout(pause);
      load();
      here.then(() => take(buttons()[0]));
    }
  });
  dialog.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.altKey || e.metaKey) return;
    if (!/^[1-9]$/.test(e.key) || (e.target === input && input.value)) return;
    e.preventDefault(); // the list may still be on its way
    here.then(() => take(buttons()[Number(e.key) - 1]));
  });
}
