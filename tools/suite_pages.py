"""The tables of deception, blindness, patterns and quiet days, made from docs/results/*.json and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from results_page import moment, table
from seawarden.evaluate.intervals import binomial, poisson

SHORT: Final = {
    "dma_kattegat_2025-11-01_02_1min.csv.gz": "Kattegat",
    "ccg_novascotia_2025-08-01_05.csv.gz": "Nova Scotia",
    "baltic_norway_cargo_2020-11-01_02.csv.gz": "Baltic-Norway",
    "solent_2016-01-12.csv.gz": "Solent",
    "dma_2013-11-12_1200_5min.nmea.gz": "all Danish stations",
}
FAMILIES: Final = ("jump", "clone", "swap", "circle", "drift", "jamming")
TIERS: Final = ("notice", "look", "challenge", "act")


def short(name: str) -> str:
    """A source in a word or two."""
    return SHORT.get(name, name)


def words(name: str) -> str:
    """A kind as words."""
    return name.replace("_", " ")


def share(value: dict[str, Any]) -> str:
    """A share with its interval."""
    if not value["of"]:
        return "-"
    return f"{value['count']} of {value['of']}, {value['share']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


def rate(value: dict[str, Any]) -> str:
    """A rate with its interval."""
    if not value["exposure"]:
        return "-"
    if not value["count"]:
        return f"0 (0-{value['high']:.3f})"
    return f"{value['count']}, {value['rate']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


def per_ship_day(count: int, days: float) -> str:
    """A rate from a count."""
    return rate(msgspec.to_builtins(poisson(count, days)))


def figure(value: float | None, digits: int = 1) -> str:
    """A figure, or a dash."""
    return "-" if value is None else f"{value:.{digits}f}"


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def sealed_by(part: dict[str, Any]) -> str:
    """What vouches for the figures."""
    content = part["content"]
    key = f", draws of key `{content['key']}`" if content.get("key") else ""
    return (
        f"Version {content['version']}, settings `{content['settings_hash'][:12]}`{key}; "
        f"digest `{part['digest'][:16]}`. In brackets: exact 95 % intervals."
    )


def integrity(part: dict[str, Any]) -> str:
    """Deception."""
    return "\n".join(_integrity(part))


def _integrity(part: dict[str, Any]) -> Iterator[str]:
    m = part["content"]
    families = {name: m["families"][name] for name in FAMILIES}
    yield (
        "Sources: "
        + ", ".join(f"{short(s['name'])} ({s['ship_days']:.1f} ship-days)" for s in m["sources"])
        + (f": {m['quiet']['ship_days']:.0f} ship-days, {sum(s['ships'] for s in m['sources']):,} numbers.")
    )
    yield sealed_by(part)
    yield ""
    rows = []
    for name, f in families.items():
        worst = min(f["recall_by_source"].items(), key=lambda item: item[1]["share"])
        rows.append(
            (
                "area" if name == "jamming" else "drift of 2 kn" if name == "drift" else name,
                share(f["recall"]),
                f"{short(worst[0])}: {worst[1]['count']} of {worst[1]['of']}" if f["missed"] else "-",
                rate(f["false"]["all"]),
                f"{figure(f['median_minutes'])} / {figure(f['most_minutes'])}",
            )
        )
    yield from table(
        ("planted", "found", "worst source", "false a ship-day, quiet days", "minutes, median / most"), rows
    )
    yield ""
    yield from _areas(families["jamming"])
    yield ""
    yield from _missed(families)
    yield ""
    listed = Counter((f["kind"], short(f["source"])) for f in m["false_findings"])
    yield (
        "**Found in quiet days:** "
        + ("; ".join(f"{n} `{kind}` ({source})" for (kind, source), n in sorted(listed.items())) or "nothing")
        + ". The report draws each."
    )
    yield ""
    yield "**A slow drift of position**, share found within 100 minutes of its begin, by rate:"
    yield ""
    yield from table(("kn", "found", "median minutes, by source"), _curve(families["drift"]["extra"]))


def _areas(f: dict[str, Any]) -> Iterator[str]:
    extra = f["extra"].values()
    soon = sum(e["found_within_10_min"] for e in extra)
    days, false = sum(e["quiet_days"] for e in extra), sum(e["false_areas"] for e in extra)
    where = ", ".join(short(name) for name, e in f["extra"].items() if e["false_areas"])
    a_month = msgspec.to_builtins(poisson(false, days / 30.0))
    told = share(msgspec.to_builtins(binomial(soon, f["cases"])))
    yield f"Areas found within ten minutes: {told}."
    yield (
        f"In {days:.0f} days with outages of 1, 6 and 24 h, clocks that jump, and single ships' troubles at ten "
        f"times the rate allowed for false findings, {plural(false, 'area')} where there was none"
        f"{f' ({where})' if where else ''}: in 30 days "
        f"{a_month['rate']:.2f} ({a_month['low']:.2f}-{a_month['high']:.2f})."
    )


def _missed(families: dict[str, Any]) -> Iterator[str]:
    yield "**Missed**, by what was planted and where:"
    yield ""
    for name, f in families.items():
        where = Counter(short(c["source"]) for c in f["missed"])
        of = {short(k): v["of"] for k, v in f["recall_by_source"].items()}
        told = ", ".join(f"{n} of {of[source]} in {source}" for source, n in sorted(where.items()))
        yield f"- {'area' if name == 'jamming' else name}: {told or 'none'}"


def _curve(extra: dict[str, Any]) -> list[tuple[str, ...]]:
    by_rate: dict[float, list[tuple[str, dict[str, Any]]]] = {}
    for source, found in extra.items():
        for point in found["curve"]:
            by_rate.setdefault(point["rate_kn"], []).append((short(source), point))
    rows: list[tuple[str, ...]] = []
    for kn, points in sorted(by_rate.items()):
        count, of = (sum(p["recall"][k] for _, p in points) for k in ("count", "of"))
        minutes = [f"{source} {figure(p['median_minutes'], 0)}" for source, p in points if p["median_minutes"]]
        rows.append((f"{kn:g}", share(msgspec.to_builtins(binomial(count, of))), ", ".join(minutes) or "-"))
    return rows


def blindness(part: dict[str, Any]) -> str:
    """Outages, silences and crossings in the dark."""
    return "\n".join(_blindness(part))


def _blindness(part: dict[str, Any]) -> Iterator[str]:
    m = part["content"]
    yield (
        "Sources: "
        + ", ".join(
            f"{short(s['name'])} ({s['ship_days']:.1f} ship-days"
            + (f", {s['made_cables']} drawn cables beside the real ones" if s["made_cables"] else "")
            + ")"
            for s in m["sources"]
        )
        + "."
    )
    yield sealed_by(part)
    yield ""
    yield "**Outages of the whole feed**, laid on the sources that last half a day:"
    yield ""
    outages = m["outages"]
    named = [(f"{hours} h", outages[f"{hours}_h"]) for hours in (1, 6, 24)]
    named += [(f"all, {short(name)}", f) for name, f in outages["by_source"].items()]
    yield from table(
        ("outages", "laid", "dark ships called for it, each", "one notice", "known after, median / most, s",
         "begin off, most, s", "end off, most, s", "stretch-minutes right"),
        [
            (
                name, f["outages"], rate(f["dark_findings"]), share(f["one_notice"]),
                f"{figure(f['known_after_s']['median'], 0)} / {figure(f['known_after_s']['most'], 0)}",
                off(f["begin_off_s"]), off(f["end_off_s"]),
                "-" if f["right_share"] is None else f"{f['right_share']:.4f} of {f['stretch_minutes']:,}",
            )
            for name, f in named
        ],
    )  # fmt: skip
    yield ""
    yield (
        "Stretches are a kilometre long; the five minutes around both ends of an outage are left out, within which "
        "its ends may be told. *Right* means: as the quiet run of the same source says, and blind during the outage."
    )
    yield ""
    yield "**Single ships made silent**, found before they were heard again:"
    yield ""
    s = m["silences"]
    rows = [("all", share(s["recall"]))]
    rows += [(f"of {minutes} min", share(v)) for minutes, v in s["recall_by_minutes"].items()]
    rows += [(short(name), share(v)) for name, v in s["recall_by_source"].items()]
    yield from table(("silences", "found"), rows)
    yield ""
    quiet = s["quiet"]
    yield (
        f"In the quiet runs of the same {quiet['ship_days']:.0f} ship-days: "
        + ", ".join(f"`{kind}` {rate(quiet[kind])}" for kind in ("silence", "dark", "reappearance"))
        + " a ship-day; alerts: "
        + ", ".join(f"{n} {tier}" for tier, n in quiet["alerts"].items())
        + "."
    )
    yield ""
    yield from _crossings(m["crossings"])


def off(span: dict[str, Any]) -> str:
    """The farthest of both ends of a span."""
    ends = [v for v in (span["least"], span["most"]) if v is not None]
    return figure(max(ends, key=abs), 0) if ends else "-"


def _crossings(m: dict[str, Any]) -> Iterator[str]:
    yield (
        "**Real crossings hidden.** *Kept* are those whose asset is named (a chance of one in a hundred or more); a "
        "slope of one is a chance that is right, of windows drawn whatever happens in them:"
    )
    for word, said in (("silent", "While she is silent"), ("heard_again", "Once she was heard again")):
        yield ""
        yield f"{said}:"
        yield ""
        kept = [f["kept"] for f in m[word]["by_source"].values()]
        pooled = binomial(sum(k["count"] for k in kept), sum(k["of"] for k in kept))
        groups = {f"{minutes} min": m[word][f"{minutes}_min"] for minutes in (15, 60, 240)}
        groups |= {f"all, {short(name)}": f for name, f in m[word]["by_source"].items()}
        yield f"Kept of all: {share(msgspec.to_builtins(pooled))}."
        yield ""
        yield from table(
            ("silence", "kept", "assets named / really crossed / in reach", "chance of the true one", "Brier skill",
             "slope"),
            [
                (
                    name, share(f["kept"]),
                    " / ".join(figure(f[k]) for k in ("named_mean", "crossed_mean", "within_reach_mean")),
                    figure(f["chance_of_true_mean"], 2), figure(f.get("brier_skill"), 2), slope(f.get("calibration")),
                )
                for name, f in groups.items()
            ],
        )  # fmt: skip


def slope(fit: dict[str, Any] | None) -> str:
    """A calibration's slope with its interval."""
    if fit is None:
        return "-"
    return f"{fit['slope']:.2f} ({fit['slope_interval'][0]:.2f}-{fit['slope_interval'][1]:.2f})"


def patterns(part: dict[str, Any]) -> str:
    """Patterns found and missed, and what real ships are told of."""
    return "\n".join(_patterns(part))


def _patterns(part: dict[str, Any]) -> Iterator[str]:
    m = part["content"]
    lines = ", ".join(map(short, m["declared_lines"])) or "none"
    yield f"Sources: {', '.join(map(short, m['sources']))}; lines declared in {lines}."
    yield sealed_by(part)
    yield ""
    sources = m["sources"]
    rows = []
    for kind, found in m["recall"].items():
        mine = [c for c in m["laid"] if c["kind"] == kind]
        minutes = sorted(c["minutes_to_find"] for c in mine if c["minutes_to_find"] is not None)
        by = "; ".join(
            f"{sum(c['found'] for c in mine if c['source'] == s)}/{sum(c['source'] == s for c in mine)}"
            for s in sources
        )
        tiers = ", ".join(f"{n} {tier}" for tier, n in m["tiers"][kind].items())
        rows.append((words(kind), share(found), by, figure(minutes[len(minutes) // 2], 0) if minutes else "-", tiers))
    rows.append(("all", share(m["recall_all"]), "", "", ""))
    yield from table(
        ("laid", "found", " / ".join(map(short, sources)), "minutes, median", "highest tier of her alerts"), rows
    )
    yield ""
    yield (
        f"Of the kinds, beside {m['ship_days']:.0f} ship-days of real ships. Precision is that of ships laid to real "
        f"ones as they are mixed here: {len(m['laid'])} laid cases are many more than these seas would have."
    )
    yield ""
    yield from table(
        ("finding", "of ships with one, those on which such a thing was laid", "on real ships, a ship-day"),
        [(f"`{kind}`", share(v), rate(m["false_rate"][kind])) for kind, v in m["precision"].items()],
    )
    yield ""
    if m["real"]:
        yield (
            "On real ships: "
            + "; ".join(
                f"`{r['kind']}` {r['mmsi']}"
                + (f" ({r['type']})" if r["type"] else "")
                + f", {short(r['source'])}, {moment(r['start_t'])}"
                + (f", `{r['tier']}`" if r["tier"] else "")
                for r in m["real"]
            )
            + "."
        )
    else:
        yield "On real ships: none."


def quiet(part: dict[str, Any]) -> str:
    """Every real day as it is."""
    return "\n".join(_quiet(part))


def _quiet(part: dict[str, Any]) -> Iterator[str]:
    m = part["content"]
    dense = {name: f for name, f in m["files"].items() if not name.endswith(".jsonl")}
    days = sum(f["after"]["ship_days"] for f in dense.values())
    yield (
        f"{len(m['files'])} files, {m['ship_days']:.1f} ship-days, of which {m['ship_days'] - days:.1f} are thinned "
        f"key frames (*dense* leaves them out: {days:.1f}); {plural(len(m['left_out']), 'file')} could not be run. "
        f"Maps of {len(m['zones'])} sorts of zones; norms crosswise; "
        + (
            f"works: {', '.join(m['works'])}."
            if m["works"]
            else "no works were declared, as no warning of those days is at hand."
        )
    )
    yield sealed_by(part)
    yield ""
    rows = []
    for tier in TIERS:
        counted = sum(f["after"]["tiers"][tier] for f in dense.values())
        rows.append(
            (
                f"`{tier}`",
                rate(m["tiers"]["before"][tier]),
                rate(m["tiers"]["after"][tier]),
                per_ship_day(counted, days),
            )
        )
    yield from table(("alerts a ship-day", "before places, zones and norms", "after", "after, dense"), rows)
    yield ""
    yield "By kind of finding that they rest on, after (an alert may rest on several):"
    yield ""
    kinds = sorted({*m["kinds"]["before"], *m["kinds"]["after"], *m["findings"]["after"]})
    none = {tier: {"count": 0} for tier in TIERS}
    yield from table(
        ("finding", "found a ship-day", *(f"`{tier}` before / after" for tier in TIERS)),
        [
            (
                f"`{kind}`" if kind != "none" else "none",
                rate(m["findings"]["after"][kind]) if kind in m["findings"]["after"] else "-",
                *(
                    f"{m['kinds']['before'].get(kind, none)[tier]['count']} / "
                    + after(m["kinds"]["after"].get(kind, none)[tier])
                    for tier in TIERS
                ),
            )
            for kind in kinds
        ],
    )
    yield ""
    grave = [a for a in m["alerts"] if a["tier"] != "notice"]
    yield (
        "`look` and graver: "
        + ("; ".join(f"`{a['tier']}` {a['first_line']}" for a in grave) or "none")
        + ". The report draws each alert."
    )
    if m["left_out"]:
        yield ""
        told = (f"`{name}` {why.partition(':')[0].removeprefix(name).strip()}" for name, why in m["left_out"].items())
        yield "Left out: " + "; ".join(told) + "."


def after(value: dict[str, Any]) -> str:
    """A count with its rate's interval where there is any."""
    return rate(value) if value["count"] else "0"


BLOCKS: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "integrity": integrity,
    "blindness": blindness,
    "patterns": patterns,
    "quiet": quiet,
}
"""What each part's block says."""
