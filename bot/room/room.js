// Without this the room works by forms. With it answers come by themselves, nothing
// reloads, and Esc leads out at once.
"use strict";
(() => {
  const talk = document.getElementById("talk"), say = document.getElementById("say"), words = document.getElementById("words");
  const trouble = document.getElementById("trouble"), quit = document.getElementById("quit");
  let stream, asking = false, again = false, away = false;

  // out hides everything before it does anything else; nothing that comes later leads
  // anywhere but out.
  const out = () => {
    away = true;
    stream?.close();
    document.body.classList.add("away");
    words.value = "";
    navigator.sendBeacon(quit.action, new URLSearchParams());
    location.replace(quit.dataset.to);
  };
  quit.addEventListener("submit", (e) => { e.preventDefault(); out(); });
  addEventListener("keydown", (e) => { if (e.key === "Escape" && !e.isComposing) out(); });
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); }); // no page comes back from the browser's memory

  const over = () => { if (!away) location.replace("/room"); };

  const show = async () => {
    if (away) return;
    if (asking) { again = true; return; }
    asking = true;
    try {
      const r = await fetch("/room/talk", { headers: { "X-Room": "1" } });
      if (r.status === 204) return over();
      if (r.ok) {
        const low = innerHeight + scrollY > document.body.scrollHeight - 250;
        const opened = talk.querySelector("details")?.open;
        const held = talk.contains(document.activeElement) ? document.activeElement.value : null;
        talk.innerHTML = await r.text();
        if (opened) talk.querySelector("details").open = true;
        if (held) [...talk.querySelectorAll("button")].find((b) => b.value === held)?.focus();
        say.elements.form.value = talk.firstElementChild.dataset.form;
        if (low) scrollTo(0, document.body.scrollHeight);
      }
    } catch { /* the stream says when to try again */ }
    asking = false;
    if (again) { again = false; show(); }
  };

  const tell = (text) => { trouble.textContent = text; trouble.hidden = !text; };

  const post = async (form, button) => {
    const body = new URLSearchParams(new FormData(form, button));
    try {
      const r = await fetch(form.action, { method: "POST", body, headers: { "X-Room": "1" } });
      if (r.status === 410) { over(); return false; }
      tell(r.ok ? "" : trouble.dataset[r.status === 429 ? "often" : "trouble"]);
      return r.ok;
    } catch {
      tell(trouble.dataset.trouble);
      return false;
    }
  };

  let sending = false;
  addEventListener("submit", async (e) => {
    if (e.defaultPrevented || !e.target.action.includes("/room/")) return;
    e.preventDefault();
    if (sending) return;
    sending = true;
    const wrote = e.target === say ? words.value : "";
    if (await post(e.target, e.submitter)) {
      if (e.target === say && words.value === wrote) words.value = "";
      await show();
      if (e.target === say) scrollTo(0, document.body.scrollHeight);
    }
    sending = false;
  });

  const listen = () => {
    if (document.hidden || stream) return;
    stream = new EventSource("/room/live");
    stream.addEventListener("talk", (e) => { if (e.data !== talk.firstElementChild?.dataset.change) show(); });
    stream.addEventListener("over", over);
  };
  // A page that nobody sees has shown nothing: LINE then says that there is an answer.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = undefined; } else { show(); listen(); }
  });
  scrollTo(0, document.body.scrollHeight);
  listen();
})();
