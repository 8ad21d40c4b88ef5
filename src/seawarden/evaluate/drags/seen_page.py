"""The page of how well drags are seen: its tables, made from the suite's metrics and checked against them."""

from __future__ import annotations

from typing import Any, Final

BEGIN: Final = "<!-- made from docs/results/seen.json by seawarden.evaluate.drags.seen_page: do not edit -->"
END: Final = "<!-- end of what is made -->"
HOW: Final = {
    "well": "well: 8 in 10 or better",
    "perhaps": "perhaps",
    "hardly": "hardly: less than 3 in 10",
}


def page_with(text: str, seen: dict[str, Any]) -> str:
    """The page's text with its tables made anew.

    Raises:
        ValueError: the page does not hold the two marks.
    """
    head, _, rest = text.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        raise ValueError("the page does not hold the marks between which its tables stand")
    return head + markdown(seen) + tail


def markdown(seen: dict[str, Any]) -> str:
    """The tables.

    Args:
        seen: of `seen_table`, with the model's hash as `model_hash`.
    """
    parts = [
        BEGIN,
        "",
        f"Model `{seen['model_hash']}`. {seen['cases']:,} drags laid on tracks of {seen['ships']} ships, each chance "
        "stated by lines learned without her. Intervals of 95 % from resampling ships. `noticed` is a log-odds of "
        f"{seen['thresholds']['noticed']:.2f}, `look` of {seen['thresholds']['look']:.2f}.",
        "",
        "### What is said, and what was found",
        "",
        "A loss of 30 % without a heading, noticed within 15 min.",
        "",
        "| what is said | stated, mean | found | drags | ships |",
        "|---|---|---|---|---|",
        *(_row(HOW[row["how"]], row) for row in seen["how"]),
        "",
        "Of the ships that the lines judge, by the chance that was stated:",
        "",
        "| chance stated | stated, mean | found | drags | ships |",
        "|---|---|---|---|---|",
        *(_row(f"{row['from']:g}-{row['to']:g}", row) for row in seen["reliability"] if row["stated"] is not None),
        "",
        "| what lowers it most | stated, mean | found | drags | ships |",
        "|---|---|---|---|---|",
        *(_row(row["told"], row) for row in seen["causes"]),
        "",
        "### Every chance that is told",
        "",
        "Of the ships that the lines judge; the constant is the share found on the other ships.",
        "",
        "| loss | within | rate | heading and drift angle | found | Brier score, and of a constant | gain | "
        "log score, and of a constant |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {row['loss']:.0%} | {row['minutes']} min | {row['rate']} | "
            f"{'yes' if row['heading_and_angle'] else 'no'} | {_estimate(row['found'])} | {row['brier']:.3f}, "
            f"{row['brier_constant']:.3f} | {_estimate(row['brier_gain'], 3)} | {row['log_score']:.3f}, "
            f"{row['log_score_constant']:.3f} |"
            for row in seen["scores"]
        ),
        "",
        END,
    ]
    return "\n".join(parts)


def _row(name: str, row: dict[str, Any]) -> str:
    stated = "-" if row["stated"] is None else f"{row['stated']:.2f}"
    return f"| {name} | {stated} | {_estimate(row['found'])} | {row['found']['of']} | {row['found']['ships']} |"


def _estimate(found: dict[str, Any], digits: int = 2) -> str:
    if found["value"] is None:
        return "-"
    return f"{found['value']:.{digits}f} ({found['low']:.{digits}f}-{found['high']:.{digits}f})"
