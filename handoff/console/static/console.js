// What a page cannot do by itself. Without these scripts everything still works
// by forms and page loads.
import { startLive } from "./live.js";
import { startWriting } from "./write.js";
import { startKeys } from "./keys.js";
import { startAlarm } from "./alarm.js";
import { startPicks } from "./picks.js";
import { startBell } from "./bell.js";

startWriting();
startKeys();
startPicks();
startBell();
const heard = startAlarm();
startLive({ alarmsChanged: heard });

// A sentence about what was done is said once, not again at every reload.
const here = new URL(location.href);
if (here.searchParams.has("did") || here.searchParams.has("sent")) {
  history.replaceState(null, "", here.pathname);
}

// A short talk opens at the first words that nobody has answered, so that who takes it
// reads from there on; a long one at its newest, and where words are sealed, at the seal.
const letters = document.getElementById("letters");
if (letters) {
  const end = letters.scrollHeight - letters.clientHeight;
  const all = [...letters.querySelectorAll(".letter")];
  const owed = all[all.findLastIndex((l) => l.matches(".staff")) + 1];
  const top = owed && owed !== all[0] ? owed.getBoundingClientRect().top - letters.getBoundingClientRect().top : 0;
  const short = owed && end - top < 2 * letters.clientHeight && !letters.querySelector(".seal");
  letters.scrollTop = short ? Math.min(end, top) : end;
}
