// What a browser does when the house rings it. It is told a sentence without
// content; a tap leads to the console, where one signs in as always.
self.addEventListener("push", (event) => {
  let note = { title: "縁側", tag: "engawa", lang: "ja" };
  try { note = { ...note, ...event.data.json() }; } catch { /* a push without a sentence still rings */ }
  event.waitUntil(self.registration.showNotification(note.title, {
    tag: note.tag, lang: note.lang, renotify: true, requireInteraction: note.tag === "urgent",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    if (pages.length > 0) return pages[0].focus();
    return self.clients.openWindow("/");
  })());
});

// A browser may get a new address now and then. Whoever is signed in tells the
// house at once; otherwise the old one ends, and one's own page shows that.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const how = event.oldSubscription?.options;
    const fresh = event.newSubscription ?? (how && await self.registration.pushManager.subscribe(how));
    if (!fresh) return;
    const { endpoint, keys } = fresh.toJSON();
    await fetch("/me/bells", { method: "POST", body: new URLSearchParams({ endpoint, ...keys }) });
  })());
});

self.addEventListener("install", () => self.skipWaiting());
