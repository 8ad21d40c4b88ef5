"""Suite `identity`: messages under shared and garbled numbers, told apart, against another algorithm's answer.

Only labelled messages count. Pairs of messages are formed within a number and pooled, so that numbers with many
messages weigh most; the macro figure weighs all numbers alike. Beside the answer stand one cluster a number, the same
with messages without a place apart, and the branches that the watch itself follows; and the answer on messages with
a place alone, since those without are apart in any answer that can't place them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.evaluate.identity_truth import Truth, read_truth
from seawarden.evaluate.pairs import Agreement, Pairs, Ratio, agreement, pairs
from seawarden.evaluate.watch_branches import branches
from seawarden.tracks.identity.segments import segments

WORST: Final = 10
"""Numbers with the most disagreement that are listed."""
FIGURES: Final = (
    "pairwise_agreement", "pairwise_agreement_macro", "pairwise_precision", "pairwise_recall",
)  # fmt: skip

Labels = Sequence[int]


def run_identity_suite(truth: Path, out: Path) -> dict[str, Any]:
    """Segment all messages of a labelled file and say how far that agrees with the labels.

    Args:
        truth: labelled messages, as `identity_truth.read_truth` reads them.
        out: folder for `metrics.json`, made where it is missing.

    Returns:
        The metrics as written: a tree under `identity`, and its four figures once more under their dotted names.

    Raises:
        SourceError: the file can't be used.
        StoreError: the folder can't be written.
    """
    from seawarden.store.files import whole_file

    metrics = measured(read_truth(truth))
    with whole_file(out / "metrics.json") as file:
        file.write(msgspec.json.format(msgspec.json.encode(metrics), indent=2) + b"\n")
    return metrics


def measured(truth: Sequence[Truth]) -> dict[str, Any]:
    """The metrics of labelled messages, as builtins.

    Args:
        truth: by MMSI.
    """
    answers = [segments(one.messages) for one in truth]
    own = [answer.segment.tolist() for answer in answers]
    told = [_joined(answer.segment.tolist(), answer.told.tolist()) for answer in answers]
    counts = _counts(truth, own)
    ours = agreement(counts)
    tree: dict[str, Any] = {name: _value(ours, name) for name in FIGURES}
    tree["intervals"] = _tree(ours)
    tree["messages"] = sum(len(one.messages) for one in truth)
    tree["labelled"] = sum(label is not None for one in truth for label in one.expected)
    tree["numbers"] = len(truth)
    tree["pairs"] = sum(count.all for count in counts)
    tree["baselines"] = {
        "one_cluster_per_mmsi": _tree(agreement(_counts(truth, [_one(one) for one in truth]))),
        "one_cluster_per_mmsi_unplaced_apart": _tree(agreement(_counts(truth, [_placed(one) for one in truth]))),
        "branches_of_the_watch": _tree(agreement(_counts(truth, [branches(one) for one in truth]))),
    }
    tree["placed_messages_only"] = {
        "answer": _tree(agreement(_counts(truth, own, placed=True))),
        "one_cluster_per_mmsi": _tree(agreement(_counts(truth, [_one(one) for one in truth], placed=True))),
        "branches_of_the_watch": _tree(agreement(_counts(truth, [branches(one) for one in truth], placed=True))),
    }
    tree["unplaced_messages_joined_to_what_they_speak_of"] = _tree(agreement(_counts(truth, told)))
    worst = sorted(zip(counts, truth, strict=True), key=lambda row: (row[0].agreed - row[0].all, row[1].mmsi))
    tree["most_disagreement"] = [
        {"mmsi": one.mmsi, "pairs": count.all, "agreement": round(count.agreed / count.all, 6)}
        for count, one in worst[:WORST]
        if count.agreed < count.all
    ]
    tree["truth"] = "labels of another segmenter: how far the two agree, not how often either is right"
    return {"identity": tree, **{f"identity.{name}": tree[name] for name in FIGURES}}


def _counts(truth: Sequence[Truth], answers: Sequence[Labels], *, placed: bool = False) -> list[Pairs]:
    counts = []
    for one, answer in zip(truth, answers, strict=True):
        rows = [
            (label, number)
            for label, number, message in zip(one.expected, answer, one.messages, strict=True)
            if label is not None and (message.placed or not placed)
        ]
        counts.append(pairs([label for label, _ in rows], [number for _, number in rows]))
    return counts


def _one(truth: Truth) -> Labels:
    return [0] * len(truth.messages)


def _placed(truth: Truth) -> Labels:
    return [0 if message.placed else row for row, message in enumerate(truth.messages, 1)]


def _joined(segment: Labels, told: Labels) -> Labels:
    return [other if other >= 0 else own for own, other in zip(segment, told, strict=True)]


def _value(found: Agreement, name: str) -> float | None:
    ratio: Ratio = getattr(found, name)
    return ratio.value if ratio.value is not None and math.isfinite(ratio.value) else None


def _tree(found: Agreement) -> Any:
    return msgspec.to_builtins(found)
