/**
 * Development only: a stand-in for the service, over the shipped incident days. `npm run mock [port]` serves the
 * API and the built page; with `npm run dev` beside it, Vite passes /api on to it. Not part of any release.
 */

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { alertsAt, assetOf, cardOf, findingsOf, rank, refOf, timelineOf, trackOf } from "./story.js";
import { assets, dayAt, days, lengthOf, placeOf } from "./tracks.js";

const port = Number(process.argv[2] ?? process.env.PORT ?? 8600);
const STATIC = fileURLToPath(new URL("../../src/seawarden/service/static/", import.meta.url));
const BUILT =
  process.env.MOCK_BASEMAP ?? fileURLToPath(new URL("../../src/seawarden/data/built/", import.meta.url));
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
const faults = new Map();
const closed = new Map();

const start = (() => {
  const day = days.find((d) => d.id === "2024-12-25");
  const ship = day.ships.at(-1);
  const first = ship.crossings.find((c) => c.t > day.from + 4 * 3_600_000);
  return first ? first.t - 40 * 60_000 : (day.from + day.to) / 2;
})();
const notWatching = process.env.MOCK_BLIND === "1";
const crowd = Number(process.env.MOCK_SHIPS ?? 0);

function status() {
  return {
    product: "Seawarden",
    version: "mock",
    mode: "demo",
    watching: !notWatching,
    why_not: notWatching ? ["the canary was not found for 12 min"] : [],
    event_t: start,
    range: [days[0].from, days.at(-1).to],
    episodes: days.map(({ id, label, from, to }) => ({ id, label, from, to })),
    feeds: [{ id: "incident days", state: "file", lag_s: null, last_t: start, records: 4120, rejected: 0 }],
    ships: 159,
    assets: assets.features.length,
    posture: "normal",
    tick_ms: 10_000,
    attribution: [
      "© OpenStreetMap contributors, ODbL",
      "EMODnet, CC BY 4.0",
      "Danish Maritime Authority",
      "NOAA ETOPO5",
    ],
    cannot_see: [
      "Ships that carry no AIS, or have switched it off",
      "Drags that do not slow the ship, on positions kept only every 22 min",
      "Anything east of 17° E: no receiver reports from there",
    ],
    rights: [],
    simulated: true,
    faults: [...faults.keys()],
  };
}

function ships(at) {
  const here = dayAt(at)
    .ships.map((s) => [s, placeOf(s, at)])
    .filter(([, p]) => p);
  const alerts = new Map(
    alertsAt(at)
      .filter((a) => a.state !== "closed" && !a.group)
      .map((a) => [a.ship.mmsi, a]),
  );
  const column = (of) => here.map(([s, p]) => of(s, p));
  const answer = {
    at,
    n: here.length,
    mmsi: column((s) => s.mmsi),
    track_id: column((s) => `${s.mmsi}-1`),
    lat: column((_, p) => p.lat),
    lon: column((_, p) => p.lon),
    sog_kn: column((_, p) => p.sog_kn),
    cog_deg: column((_, p) => p.cog_deg),
    heading_deg: column((_, p) => p.heading_deg),
    age_s: column((_, p) => p.age_s),
    length_m: column((s) => lengthOf(s)),
    name: column((s) => refOf(s).name),
    type: column((s) => s.type),
    risk: column((s) => alerts.get(s.mmsi)?.risk ?? null),
    tier: column((s) => alerts.get(s.mmsi)?.tier ?? ""),
    simulated: column((s) => s.simulated),
    doubted: column(() => false),
    estimated: column((_, p) => p.estimated),
  };
  for (let i = 0; i < crowd; i++) {
    // a crowd, to try the drawing of many
    answer.n++;
    answer.mmsi.push(100_000_000 + i);
    answer.track_id.push(`${100_000_000 + i}-1`);
    answer.lat.push(54 + ((i * 7919) % 6000) / 1000);
    answer.lon.push(9 + ((i * 104_729) % 15_000) / 1000);
    for (const [k, v] of Object.entries({
      sog_kn: 9,
      cog_deg: (i * 37) % 360,
      heading_deg: null,
      age_s: i % 4000,
      length_m: 40 + (i % 260),
      name: `CROWD ${i}`,
      type: "cargo",
      risk: null,
      tier: "",
      simulated: false,
      doubted: i % 50 === 0,
      estimated: false,
    }))
      answer[k].push(v);
  }
  return answer;
}

function assetCard(id, at) {
  const feature = assets.features.find((f) => f.properties.id === id);
  if (!feature) return null;
  const day = dayAt(at);
  const next = day.ships
    .flatMap((s) =>
      s.crossings
        .filter((c) => c.asset === id && c.t > at && c.t < at + 7_200_000)
        .map((c) => ({ ship: refOf(s), kp_km: c.kp_km, minutes: (c.t - at) / 60_000 })),
    )
    .sort((a, b) => a.minutes - b.minutes);
  const findings = day.ships.flatMap((s) => findingsOf(s, at).filter((f) => f.asset.id === id));
  return {
    asset: { ...feature.properties, accuracy_method: "display route", licence: "ODbL-1.0" },
    length_km: 420,
    near: next.map((n) => ({ ...n, distance_m: n.minutes * 330 })),
    next,
    findings,
  };
}

const shipBy = (mmsi, at) =>
  dayAt(at).ships.find((s) => s.mmsi === mmsi) ?? days.flatMap((d) => d.ships).find((s) => s.mmsi === mmsi);
/** The story's alerts have a cause each. */
const caseOf = (alert) => ({
  id: `case-${alert.id}`,
  revision: alert.revision,
  updated_t: alert.updated_t,
  first_line: alert.first_line,
  lines: [
    {
      alert: alert.id,
      tier: alert.tier,
      state: alert.state,
      asset_id: alert.asset.id,
      asset: alert.asset.name,
    },
  ],
});
const withOutcome = (alert) =>
  closed.has(alert.id) ? { ...alert, state: "closed", outcome: closed.get(alert.id) } : alert;

function answer(method, path, query, body) {
  const at = Number(query.get("at") ?? start);
  const parts = path.split("/").slice(2);
  if (path === "/api/status") return status();
  if (path === "/api/ships") return ships(at);
  if (path === "/api/seen") return { at, seen: null };
  if (parts[0] === "ships") {
    const ship = shipBy(Number(parts[1]), at);
    if (!ship) return null;
    return parts[2] === "track"
      ? trackOf(ship, Number(query.get("from")), Number(query.get("to")))
      : cardOf(ship, at);
  }
  if (path === "/api/assets") return assets;
  if (parts[0] === "assets") return assetCard(parts[1], at);
  if (path === "/api/alerts") return { at, alerts: alertsAt(at).map(withOutcome) };
  if (path === "/api/cases") return { at, cases: alertsAt(at).map(withOutcome).map(caseOf) };
  if (parts[0] === "alerts" && method === "POST") {
    if (parts[2] === "close") closed.set(decodeURIComponent(parts[1]), body.outcome);
    return withOutcome(alertsAt(at).find((a) => a.id === decodeURIComponent(parts[1])) ?? { id: parts[1] });
  }
  if (path === "/api/faults" && method === "POST") {
    const feature = assets.features.find((f) => f.properties.id === body.asset);
    if (!feature) return null;
    const id = `fault-${faults.size + 1}`;
    const p = feature.properties;
    const fault = {
      id,
      state: "open",
      asset: assetOf({ ...p, asset: p.id, kp_km: 0 }),
      ...body,
      declared_t: body.to_t ?? body.from_t,
      known_from_t: body.from_t,
      ...rank(body),
    };
    fault.asset = { id: p.id, name: p.name, kind: p.kind, system: p.system };
    faults.set(id, fault);
    return fault;
  }
  if (path === "/api/faults") return { faults: [...faults.values()] };
  if (parts[0] === "faults") {
    const fault = faults.get(parts[1]);
    if (fault && parts[2] === "clear") fault.state = "cleared";
    return fault ?? null;
  }
  if (path === "/api/timeline") return timelineOf(Number(query.get("from")), Number(query.get("to")));
  return null;
}

function file(path) {
  const clean = normalize(path).replace(/^(\.\.[/\\])+/, "");
  const at = clean.startsWith("/basemap/")
    ? join(BUILT, clean.slice(9))
    : join(STATIC, clean === "/" ? "index.html" : clean);
  if (existsSync(at)) return [readFileSync(at), TYPES[extname(at)] ?? "application/octet-stream"];
  if (clean.startsWith("/basemap/"))
    return ['{"type":"FeatureCollection","features":[]}', "application/json"];
  return null;
}

createServer((request, response) => {
  const url = new URL(request.url, "http://mock");
  if (url.pathname === "/api/stream") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(`event: clock\ndata: ${JSON.stringify({ event_t: start })}\n\n`);
    return;
  }
  let text = "";
  request.on("data", (piece) => {
    text += piece;
  });
  request.on("end", () => {
    if (url.pathname.startsWith("/api/")) {
      const found = answer(request.method, url.pathname, url.searchParams, text ? JSON.parse(text) : {});
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? { detail: "There is no such thing" }));
      return;
    }
    const found = file(url.pathname);
    response.writeHead(found ? 200 : 404, { "content-type": found?.[1] ?? "text/plain" });
    response.end(found?.[0] ?? "not found");
  });
}).listen(port, "127.0.0.1", () => console.log(`mock service on http://127.0.0.1:${port}`));
