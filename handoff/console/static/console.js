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

const letters = document.getElementById("letters");
if (letters) letters.scrollTop = letters.scrollHeight;
