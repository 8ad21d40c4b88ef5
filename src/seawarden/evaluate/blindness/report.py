"""The report of the suite `blindness`: outages, silences, crossings, each with its counterpart beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seawarden.evaluate.blindness.bench import Run
from seawarden.evaluate.blindness.outages import Case
from seawarden.evaluate.blindness.silences import Planted
from seawarden.evaluate.integrity.report import case_of
from seawarden.evaluate.integrity.sea import Sea
from seawarden.evaluate.report.page import Html, Section, paragraph, table, write_page
from seawarden.evaluate.report.speed import moment


def write_report(
    path: Path,
    metrics: dict[str, Any],
    cases: Sequence[Case],
    planted: Sequence[Planted],
    quiet: Sequence[tuple[Sea, Run]],
) -> None:
    """Write it.

    Args:
        path: the HTML file.
        metrics: of the suite.
        cases: outages.
        planted: silences.
        quiet: the runs without any: what they told of ships is drawn.

    Raises:
        StoreError: the file can't be written.
    """
    lead = [
        paragraph(
            "Real traffic. A feed is taken out whole, single ships are made silent, and windows of real tracks are "
            "hidden. In brackets: exact 95 % intervals."
        ),
        table(
            ("source", "positions", "ship-days", "drawn cables", "observed", "thin", "unobserved"),
            [
                (s["name"], f"{s['positions']:,}", s["ship_days"], s["made_cables"],
                 *(f"{s['watched'].get(word, 0):.1%}" for word in ("observed", "thin", "unobserved")))
                for s in metrics["sources"]
            ],
        ),
        paragraph(f"Version {metrics['version']}, settings {metrics['settings_hash'][:12]}.", "quiet"),
    ]  # fmt: skip
    sections = [
        Section("Our own feed falls silent", [_outages(metrics["outages"]), _cases(cases)]),
        Section("One ship falls silent", [_silences(metrics["silences"]), _missed(planted)]),
        Section("Ships called silent or dark in the quiet runs", _called(quiet) or [paragraph("None.")]),
        Section("What a dark ship could have crossed", list(_crossings(metrics["crossings"]))),
    ]
    write_page(path, "Blindness and silence", lead, sections)


def _called(quiet: Sequence[tuple[Sea, Run]]) -> list[Html]:
    kinds = ("silence", "dark", "reappearance")
    return [case_of(sea, f) for sea, run in quiet for f in run.findings if f.kind in kinds and f.revision == 1]


def _share(value: dict[str, Any]) -> str:
    if value["share"] is None:
        return "0 of 0"
    return f"{value['count']} of {value['of']}: {value['share']:.1%} ({value['low']:.1%}-{value['high']:.1%})"


def _rate(value: dict[str, Any]) -> str:
    if value["rate"] is None:
        return str(value["count"])
    return f"{value['count']}: {value['rate']:.4f} ({value['low']:.4f}-{value['high']:.4f})"


def _outages(figures: dict[str, Any]) -> Html:
    names = [name for name in figures if name != "by_source"]
    rows = [
        (name, f["outages"], _rate(f["dark_findings"]), _rate(f["later_differences"]), _share(f["one_notice"]),
         f["known_after_s"]["most"], f["begin_off_s"]["most"], f["end_off_s"]["most"], f["right_share"])
        for name, f in ((name, figures[name]) for name in names)
    ]  # fmt: skip
    head = ("outages", "laid", "dark ships called for it, per outage", "later differences", "one notice",
            "known after, most, s", "begin off, most, s", "end off, most, s", "stretch-minutes right")  # fmt: skip
    return table(head, rows)


def _cases(cases: Sequence[Case]) -> Html:
    head = (
        "source",
        "hours",
        "from",
        "to",
        "notices",
        "known after, s",
        "right",
        "dark ships called for it",
        "later",
    )
    return table(
        head,
        [
            (c.source, c.hours, moment(c.from_t), moment(c.to_t), c.notices, c.late_s,
             f"{c.right / c.compared:.4f}" if c.compared else "-",
             ", ".join(f"{f.kind} {f.ship.mmsi}" for f in c.dark) or "none",
             ", ".join(f"{f.kind} {f.ship.mmsi} {moment(f.start_t)}" for f in c.later) or "none")
            for c in cases
        ],
        words=True,
    )  # fmt: skip


def _silences(figures: dict[str, Any]) -> Html:
    quiet = figures["quiet"]
    rows: list[tuple[str, str]] = [("found", _share(figures["recall"]))]
    rows += [(f"of {m} min", _share(v)) for m, v in figures["recall_by_minutes"].items()]
    rows += [(f"in {name}", _share(v)) for name, v in figures["recall_by_source"].items()]
    rows.append(("found after, median, minutes", str(figures["median_minutes"])))
    rows += [
        (f"{kind} in the quiet runs, per ship-day", _rate(quiet[kind]))
        for kind in ("silence", "dark", "reappearance")
    ]
    rows += [(f"silence in the quiet run of {name}", _rate(v)) for name, v in quiet["by_source"].items()]
    rows += [(f"outages told in the quiet run of {name}", str(n)) for name, n in quiet["feed_outage"].items()]
    return table(("", ""), rows)


def _missed(planted: Sequence[Planted]) -> Html:
    missed = [p for p in planted if not p.found]
    return table(
        ("not found: source", "minutes", "ship", "from", "to"),
        [(p.source, p.minutes, p.mmsi, moment(p.from_t), moment(p.to_t)) for p in missed],
        words=True,
    )


def _crossings(figures: dict[str, Any]) -> Iterator[Html]:
    head = ("silence", "crossings hidden", "kept", "named", "really crossed", "in reach of top speed",
            "chance of the true one", "windows", "Brier", "skill", "slope", "observed share", "stated")  # fmt: skip
    for word, said in (("silent", "While she is silent"), ("heard_again", "Once she has been heard again")):
        yield paragraph(said + ": all ships, then half of them, dealt by number, then by source.")
        rows = []
        groups = {k: v for k, v in figures[word].items() if k not in ("second_half", "by_source")}
        groups |= {f"half of the ships, {k}": v for k, v in figures[word]["second_half"].items()}
        groups |= figures[word]["by_source"]
        for name, f in groups.items():
            fit = f.get("calibration")
            slope = (
                f"{fit['slope']:.2f} ({fit['slope_interval'][0]:.2f}-{fit['slope_interval'][1]:.2f})" if fit else "-"
            )
            rows.append(
                (name, f["crossings"], _share(f["kept"]), f["named_mean"], f["crossed_mean"], f["within_reach_mean"],
                 f["chance_of_true_mean"], f["windows"], f.get("brier"), f.get("brier_skill"), slope,
                 f.get("base_rate"), f.get("stated_mean"))
            )  # fmt: skip
        yield table(head, rows)
