import { render } from "preact";
import { App } from "./app";
import { createApi } from "./live/api";
import { createDetail, startDetail } from "./live/detail";
import { startLoader } from "./live/loader";
import { startNotices } from "./live/notices";
import { startPlayback } from "./live/playback";
import { startShips } from "./live/ships";
import { startSound } from "./live/sound";
import { createStore } from "./live/store";
import { startStream } from "./live/stream";
import { fromInput } from "./ui/format";
import { startKeys } from "./ui/keys";
import { createTheme, recall } from "./ui/theme";
import "./ui/font.css";
import "./ui/page.css";
import "./ui/topbar.css";
import "./map/map.css";
import "./timeline/timeline.css";
import "./ui/panels.css";
import "./cards/cards.css";
import "./cards/forms.css";
import "./ui/phone.css";

const theme = createTheme();
const store = createStore(createApi());
const detail = createDetail();
store.actor.value = recall("seawarden.actor") ?? "";
// a link may name a moment: ?at= in ms or as 2024-12-25T10:28Z
const moment = new URLSearchParams(location.search).get("at");
if (moment) {
  store.at.value = /^\d+$/.test(moment) ? Number(moment) : (fromInput(moment) ?? 0);
  store.following.value = !store.at.value;
}
/** Ask the server from now on; where there are accounts, only once somebody has signed in. */
let begun = false;
function begin(): void {
  if (begun) {
    location.reload(); // another person: nothing of the one before stays on the screen
    return;
  }
  begun = true;
  const loader = startLoader(store);
  startStream(store, loader);
  startShips(store);
}
startPlayback(store);
startDetail(store, detail);
startKeys(store, theme);
startSound(store);
startNotices(store);
render(
  <App store={store} detail={detail} theme={theme} onSignedIn={begin} />,
  document.getElementById("app")!,
);
store.api
  .me()
  .then((me) => {
    store.me.value = me;
    if (!me.needed || me.name) begin();
  })
  .catch(begin);
