/** Development only: alerts, findings and a ranking made up around the shipped tracks. Nothing here is detection. */

import { dayAt, days, lengthOf, placeOf } from "./tracks.js";

const clock = (t) => `${new Date(t).toISOString().slice(11, 16)}Z`;
const MIN = 60_000;

export const refOf = (ship) => ({
  mmsi: ship.mmsi,
  track_id: `${ship.mmsi}-1`,
  hull_id: `mmsi:${ship.mmsi}`,
  name: ship.name.startsWith("MMSI") ? "" : ship.name,
  type: ship.type,
  length_m: lengthOf(ship),
  ...(ship.simulated ? { simulated: true } : {}),
});
export const assetOf = (c) => ({
  id: c.asset,
  name: c.name,
  kind: c.kind,
  system: c.system,
  kp_km: Math.round(c.kp_km * 10) / 10,
});

function aheadOf(ship, t) {
  return ship.crossings
    .filter((c) => c.t > t && c.t < t + 180 * MIN)
    .slice(0, 4)
    .map((c) => {
      const minutes = (c.t - t) / MIN;
      return {
        asset: assetOf(c),
        minutes,
        minutes_low: minutes * 0.72,
        minutes_high: minutes * 1.7,
        chance: 0.86,
      };
    });
}

function findingOf(ship, c, kind, from, to, t) {
  const common = {
    revision: 2,
    state: to ? "closed" : "open",
    ship: refOf(ship),
    asset: assetOf(c),
    start_t: from,
    end_t: to,
    known_from_t: Math.min(t, (to ?? t) + 10_000),
    simulated: ship.simulated,
  };
  if (kind === "crossing")
    return {
      ...common,
      id: `cr-${ship.mmsi}-${c.t}`,
      kind,
      measured: [
        { name: "distance", value: 0, unit: "m", sigma: 1500 },
        { name: "speed_at", value: placeOf(ship, c.t)?.sog_kn ?? null, unit: "kn", sigma: 0.3 },
      ],
    };
  return {
    ...common,
    id: `sl-${ship.mmsi}-${from}`,
    kind,
    measured: [
      { name: "speed_drop", value: 4.6, unit: "kn", sigma: 0.5 },
      { name: "speed_against_own", value: -38, unit: "%", sigma: 6 },
      { name: "heading_minus_course", value: 6, unit: "deg", sigma: 2 },
      { name: "duration", value: (t - from) / MIN, unit: "min" },
    ],
    thresholds: [
      { name: "speed_drop", value: 2.5, unit: "kn", setting: "behaviours.slow_down.drop_kn" },
      { name: "duration", value: 10, unit: "min", setting: "behaviours.slow_down.min_minutes" },
    ],
    benign: [
      { text: "Engine trouble: she would call the coast station" },
      { text: "Waiting for a pilot or for an hour of arrival" },
      { text: "Head sea: others near her slow down as well" },
    ],
    input_quality: {
      positions: 14,
      median_interval_s: 700,
      longest_gap_s: 1800,
      doubted: 0,
      heading_share: 1,
      provenance: "key_frame",
    },
  };
}

/** The exercise's alert and two quieter ones, as known at a time. */
export function alertsAt(t) {
  const day = dayAt(t);
  const alerts = [];
  for (const ship of day.ships) {
    const own = ship.simulated;
    const first = ship.crossings.find((c) => c.t > day.from + 4 * 3_600_000);
    if (!first) continue;
    const start = first.t - (own ? 75 : 55) * MIN;
    const picked = own || ship.mmsi % 9 === 1;
    if (!picked || t < start + 10 * MIN) continue;
    const over = t > first.t + 150 * MIN;
    const tier = own ? (t > first.t - 15 * MIN ? "act" : "challenge") : ship.mmsi % 2 ? "look" : "notice";
    const ahead = aheadOf(ship, t);
    const ref = refOf(ship);
    const what = own ? "anchor out?" : "slower than her own usual";
    const risk = own ? 0.125 : 0.006;
    alerts.push({
      id: `al-${ship.mmsi}-${start}`,
      revision: 3,
      tier,
      highest_tier: tier,
      state: over ? "closed" : "raised",
      ship: ref,
      asset: assetOf(first),
      first_line: `${tier.toUpperCase()} · ${ref.name} ${ref.mmsi} · ${what} since ${clock(start)} (${Math.round((t - start) / MIN)} min)`,
      second_line: "",
      start_t: start,
      raised_t: start + 10 * MIN,
      updated_t: t,
      known_from_t: t,
      risk,
      reasons: own
        ? [
            {
              text: "38 % slower than her own last six hours, no port or pilot near",
              weight: 2.1,
              measure: "speed_drop",
            },
            {
              text: "Heading and course 6° apart for 40 min, as a ship under drag",
              weight: 1.2,
              measure: "heading_minus_course",
            },
            { text: "Slowed 40 min before the cable, not at it", weight: 0.4 },
          ]
        : [{ text: "Slower than her own usual before the cable", weight: 1.0, measure: "speed_drop" }],
      counter_reasons: own
        ? [
            { text: "She keeps her course within 3°", weight: -0.7 },
            { text: "Positions are key frames: the slow-down is known to 30 min only", weight: -0.5 },
          ]
        : [
            { text: "Two ships near her slowed as well", weight: -1.1 },
            { text: "The route is known to 1.5 km only", weight: -0.3 },
          ],
      findings: [`sl-${ship.mmsi}-${start}`],
      ahead,
      waters: { name: own ? "Danish" : "Swedish", kind: "EEZ", minutes_left: own ? 35 : null },
      simulated: own,
    });
  }
  if (t > day.from + 9 * 3_600_000) {
    const ship = day.ships[0];
    alerts.push({
      id: `gr-${day.id}`,
      revision: 1,
      tier: "notice",
      highest_tier: "notice",
      state: "raised",
      ship: refOf(ship),
      asset: { id: "c-lion-1", name: "C-Lion 1", kind: "telecom_cable", system: "c-lion-1" },
      first_line: "NOTICE · weather: 11 ships, median -9 %",
      start_t: day.from + 9 * 3_600_000,
      raised_t: day.from + 9 * 3_600_000,
      updated_t: t,
      known_from_t: t,
      risk: 0.001,
      group: "weather",
      group_size: 11,
    });
  }
  return alerts;
}

export function findingsOf(ship, t) {
  const passed = ship.crossings
    .filter((c) => c.t <= t)
    .map((c) => findingOf(ship, c, "crossing", c.t - 60_000, c.t + 60_000, t));
  const alert = alertsAt(t).find((a) => a.ship.mmsi === ship.mmsi && !a.group);
  if (alert) {
    const c = ship.crossings.find((x) => x.asset === alert.asset.id);
    passed.push(
      findingOf(
        ship,
        c,
        "slow_down",
        alert.start_t,
        alert.state === "closed" ? alert.start_t + 120 * MIN : null,
        t,
      ),
    );
  }
  return passed;
}

export function cardOf(ship, t) {
  const place = placeOf(ship, t);
  const alert = alertsAt(t).find((a) => a.ship.mmsi === ship.mmsi && !a.group);
  const name = ship.name;
  return {
    ship: { ...refOf(ship), callsign: "", imo: 0 },
    position: place && { ...place, depth_m: 41 },
    findings: findingsOf(ship, t),
    alerts: alert ? [alert] : [],
    reasons: alert?.reasons ?? [],
    counter_reasons: alert?.counter_reasons ?? [],
    ahead: aheadOf(ship, t),
    waters: alert?.waters ?? { name: "unknown waters", kind: "unknown" },
    call: [
      { who: "Sweden Traffic (example)", how: "VHF 16" },
      { who: "JRCC (example)", how: "telephone in the directory" },
    ],
    script: {
      over: `${name}, ${name}, this is (station). You are over a charted submarine cable and your speed has dropped. Say your engine revolutions against your speed, and whether a man forward sees both anchors home. Do not heave. Over.`,
      clear: `${name}, this is (station). You are clear of the cable. Say your intentions. Over.`,
    },
    dossier: {
      first_heard: new Date(ship.kf[0][0] * 1000).toISOString(),
      reported_type: ship.type,
      key_frames: ship.kf.length,
      simulated: ship.simulated,
    },
  };
}

export function trackOf(ship, from, to) {
  const kf = ship.kf.filter((k) => k[0] * 1000 >= from && k[0] * 1000 <= to);
  const usual = [...ship.kf.map((k) => k[3])].sort((a, b) => a - b)[Math.floor(ship.kf.length * 0.6)] ?? 0;
  return {
    t: kf.map((k) => k[0] * 1000),
    lon: kf.map((k) => k[1]),
    lat: kf.map((k) => k[2]),
    sog_kn: kf.map((k) => k[3]),
    cog_deg: kf.map((k) => k[4]),
    heading_deg: kf.map((k) => (ship.simulated ? (k[4] + 6) % 360 : null)),
    expected_sog_kn: kf.map(() => usual),
    expected_sigma_kn: kf.map(() => 0.9),
    depth_m: kf.map((k) => 30 + 22 * Math.abs(Math.sin(k[1] * 2.1))),
    depth_sigma_m: kf.map(() => 9),
    trust: kf.map(() => 0),
    provenance: kf.map(() => (ship.simulated ? 3 : 1)),
    crossings: ship.crossings.filter((c) => c.t >= from && c.t <= to),
  };
}

export function rank(declared) {
  const day = dayAt(declared.from_t);
  const to = declared.to_t ?? declared.from_t + 6 * 3_600_000;
  const near = [];
  for (const ship of day.ships) {
    const c = ship.crossings.find(
      (x) => x.asset === declared.asset && x.t >= declared.from_t - 1_800_000 && x.t <= to + 1_800_000,
    );
    if (c) near.push({ ship, c, weight: ship.simulated ? 6 : 1 });
  }
  const all = near.reduce((sum, n) => sum + n.weight, 1.5);
  const candidates = near
    .sort((a, b) => b.weight - a.weight)
    .map(({ ship, c, weight }) => {
      const place = placeOf(ship, c.t);
      return {
        ship: refOf(ship),
        chance: weight / all,
        crossed_t: c.t,
        distance_m: 0,
        distance_sigma_m: 1500,
        kp_km: c.kp_km,
        speed_before_kn: place.sog_kn + 1.2,
        speed_at_kn: place.sog_kn,
        speed_after_kn: place.sog_kn + 0.2,
        speaks_for: [{ text: `Crossed the line at ${clock(c.t)}, inside the window`, weight: 1.4 }],
        speaks_against: ship.simulated ? [] : [{ text: "Kept her usual speed", weight: -1.2 }],
        ahead: aheadOf(ship, c.t),
        waters: { name: "Swedish", kind: "EEZ" },
        last_t: place.t,
        last_lat: place.lat,
        last_lon: place.lon,
        script: `${ship.name}, this is (station). A cable that you crossed at ${clock(c.t)} has failed. Say whether your anchors are home and how you know. Over.`,
      };
    });
  const nobody = {
    ship: null,
    chance: 1.5 / all,
    speaks_for: [{ text: "Ships under 300 GT need no AIS", weight: 0.2 }],
    speaks_against: [],
  };
  candidates.push(nobody);
  candidates.sort((a, b) => b.chance - a.chance);
  candidates.forEach((c, i) => {
    c.rank = i + 1;
  });
  return {
    candidates,
    ships_considered: day.ships.length,
    blind: "East of 17° E no receiver reports: a ship there was not seen.",
  };
}

export function timelineOf(from, to) {
  const bin_ms = 15 * MIN;
  const density = [];
  const day = days.find((d) => d.from <= to && d.to >= from) ?? days[0];
  for (let t = from; t < to; t += bin_ms) density.push(day.ships.filter((s) => placeOf(s, t)).length);
  const alerts = alertsAt(to).map((a) => ({ t: a.raised_t, tier: a.tier, id: a.id }));
  const findings = day.ships.flatMap((s) => s.crossings.map((c) => ({ t: c.t, kind: "crossing" })));
  const quiet = from + (to - from) * 0.22;
  return { bin_ms, from, density, alerts, findings, outages: [[quiet, quiet + 40 * MIN]] };
}
