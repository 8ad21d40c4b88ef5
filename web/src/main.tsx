import { render } from "preact";
import { App } from "./app";
import { createApi } from "./live/api";
import { createDetail, startDetail } from "./live/detail";
import { startLoader } from "./live/loader";
import { startPlayback } from "./live/playback";
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
const loader = startLoader(store);
startStream(store, loader);
startPlayback(store);
startDetail(store, detail);
startKeys(store, theme);
render(<App store={store} detail={detail} theme={theme} />, document.getElementById("app")!);
