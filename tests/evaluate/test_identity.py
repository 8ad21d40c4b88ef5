"""The suite on shared numbers: what it counts, what it refuses, and how well the answer does on real ones."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawarden.cli.program import main
from seawarden.evaluate.identity import FIGURES, run_identity_suite
from seawarden.evaluate.identity_truth import read_truth
from seawarden.evaluate.pairs import agreement, pairs
from seawarden.model.error import SourceError

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=25)


def line(minute: int, label: str | None, lat: float | None = 56.0, mmsi: str = "219000001", **more: object) -> str:
    stamp = f"2024-03-01T{minute // 60:02d}:{minute % 60:02d}:00+00:00"
    place = {} if lat is None else {"lat": lat, "lon": 11.0, "speed": 0.0, "course": 0.0}
    return json.dumps(
        {"ssvid": mmsi, "timestamp": stamp, "type": "AIS.18" if lat is not None else "AIS.24", **place, **more}
        | ({} if label is None else {"expected": label})
    )


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@given(LABELS)
def test_pairs_are_those_counted_one_by_one(labels: list[tuple[int, int]]) -> None:
    found = pairs([a for a, _ in labels], [b for _, b in labels])
    every = [(a[0] == b[0], a[1] == b[1]) for a, b in itertools.combinations(labels, 2)]
    assert found.all == len(every)
    assert found.together == sum(a and b for a, b in every)
    assert found.agreed == sum(a == b for a, b in every)


def test_pooled_and_macro_weigh_differently() -> None:
    right = pairs([0] * 10, [0] * 10)
    wrong = pairs([0, 0], [0, 1])
    found = agreement([right, wrong, pairs([0], [0])])
    assert found.pairwise_agreement.value == pytest.approx(45 / 46, abs=1e-6)
    assert found.pairwise_agreement_macro.value == 0.5
    assert found.pairwise_precision.value == 1.0
    assert found.pairwise_recall.value == pytest.approx(45 / 46, abs=1e-6)
    assert found.pairwise_agreement == agreement([right, wrong]).pairwise_agreement, "one message is no pair"
    assert agreement([]).pairwise_agreement.value is None


def test_only_labelled_messages_count(tmp_path: Path) -> None:
    """Two ships far apart, a copy without a label, a claim of its own, in any order, plain or packed."""
    lines = [
        *(line(minute, "a") for minute in (0, 10, 20)),
        *(line(minute, "b", lat=20.0) for minute in (5, 15, 25)),
        line(20, None),
        line(12, "c", lat=None, shipname="LOTUS"),
        line(1, "x", mmsi="265000002"),
    ]
    metrics = run_identity_suite(written(tmp_path / "truth.jsonl", *lines[::-1]), tmp_path / "out")
    assert metrics == json.loads((tmp_path / "out" / "metrics.json").read_text())
    tree = metrics["identity"]
    assert (tree["messages"], tree["labelled"], tree["numbers"], tree["pairs"]) == (9, 8, 2, 21)
    for name in FIGURES:
        assert metrics[f"identity.{name}"] == tree[name] == 1.0
    assert tree["baselines"]["one_cluster_per_mmsi"]["pairwise_agreement"]["value"] == pytest.approx(6 / 21, abs=1e-6)
    assert tree["baselines"]["one_cluster_per_mmsi"]["pairwise_recall"]["value"] == 1.0
    packed = tmp_path / "truth.jsonl.gz"
    packed.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert run_identity_suite(packed, tmp_path / "again") == metrics


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no message"),
        (line(0, None), "no message is labelled"),
        ("{", "line 1: not a labelled message"),
        ('{"ssvid": "1", "timestamp": "yesterday"}', "line 1: not a labelled message"),
        (line(0, "a") + '\n{"timestamp": "2024-03-01T00:00:00Z"}', "line 2: not a labelled message"),
        (line(0, "a", lat="north"), "line 1: not a labelled message"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_truth(written(tmp_path / "truth.jsonl", text))


def test_a_broken_archive_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "truth.jsonl.gz"
    broken.write_bytes(gzip.compress(line(0, "a").encode())[:40])
    assert main(["evaluate", "--suite", "identity", "--truth", str(broken), "--out", str(tmp_path / "out")]) == 1
    assert "can't be read" in capsys.readouterr().err
    assert main(["evaluate", "--suite", "identity", "--truth", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1
    assert "there is no such file" in capsys.readouterr().err
    assert main(["evaluate", "--suite", "identity", "--out", str(tmp_path / "out")]) == 2
    assert "needs --truth" in capsys.readouterr().err


def test_unknown_values_are_unknown(tmp_path: Path) -> None:
    (truth,) = read_truth(
        written(
            tmp_path / "truth.jsonl",
            line(0, "a", speed=102.3, course=360.0, heading=511.0, imo="9297137", type=19),
            line(1, "a", lat=91.0, speed=None),
        )
    )
    first, second = truth.messages
    assert (first.kind, first.claim.imo, first.placed, second.placed) == (19, 9297137, True, False)
    assert first.sog_kn != first.sog_kn
    assert first.cog_deg != first.cog_deg
    assert first.heading_deg != first.heading_deg


def test_real_shared_numbers(samples: Path, tmp_path: Path) -> None:
    """The labels are another segmenter's; its published rules are ours, so the two must agree closely."""
    metrics = run_identity_suite(samples / "ais/gfw_segment_regression_dev.jsonl.gz", tmp_path)
    tree = metrics["identity"]
    assert tree["labelled"] == 48_161
    assert metrics["identity.pairwise_agreement"] >= 0.999
    assert metrics["identity.pairwise_agreement_macro"] >= 0.999
    assert tree["intervals"]["pairwise_agreement"]["low"] >= 0.97
    assert tree["baselines"]["one_cluster_per_mmsi"]["pairwise_agreement"]["value"] < 0.7
    assert tree["placed_messages_only"]["answer"]["pairwise_agreement"]["value"] >= 0.999
