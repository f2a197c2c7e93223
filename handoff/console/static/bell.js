// The switch with which somebody lets this browser ring though no page is open.
export function startBell() {
  const box = document.getElementById("bell");
  if (!box) return;
  const button = box.querySelector("button");
  const says = box.querySelector("[role=status]");
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    says.textContent = box.dataset.none;
    return;
  }
  mark().then((here) => { box.hidden = here && !says.textContent; });
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    says.textContent = "";
    try {
      says.textContent = await switchOn(box);
      if (!says.textContent) location.assign("/me?did=bellon");
    } catch {
      says.textContent = box.dataset.failed;
    }
    button.disabled = false;
  });
}

// mark names this browser in the list, and says whether it is there.
async function mark() {
  const registration = await navigator.serviceWorker.getRegistration("/push.js");
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return false;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  const id = [...new Uint8Array(hash).slice(0, 8)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const here = document.querySelector(`[data-bell="${id}"] h3`);
  if (here) here.textContent = here.dataset.this;
  return Boolean(here);
}

// switchOn gives the sentence that says why not, or nothing.
async function switchOn(box) {
  if (await Notification.requestPermission() !== "granted") return box.dataset.denied;
  const registration = await navigator.serviceWorker.register("/push.js");
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: box.dataset.key });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch("/me/bells", { method: "POST", body: new URLSearchParams({ endpoint, ...keys }) });
  if (answer.ok) return "";
  await subscription.unsubscribe();
  return { 403: box.dataset.host, 409: box.dataset.many }[answer.status] ?? box.dataset.failed;
}
