"""Scores of crossing chances: Brier score and skill, paired gain, calibration, time error; intervals by ship."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from seawarden.forecast.crossing import CrossingCalibration
from seawarden.model.position import F64, I64

RESAMPLES: Final = 1000
RIDGE: Final = 1e-3


def logit(p: F64) -> F64:
    """Log odds, kept finite."""
    q = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(q / (1 - q)))


def fit_logistic(x: F64, hit: F64, weights: F64 | None = None, prior: F64 | None = None) -> F64:
    """Logistic regression with a slight ridge towards `prior`.

    Args:
        x: features (n, k), without the constant.
        hit: outcomes 0 or 1 (n,).
        weights: of the cases (n,).
        prior: coefficients that the ridge pulls to (k + 1,): constant first; zeros by default.

    Returns:
        Coefficients (k + 1,), the constant first.
    """
    design = np.column_stack([np.ones(len(x)), x])
    w = np.ones(len(hit)) if weights is None else weights
    centre = np.zeros(design.shape[1]) if prior is None else prior

    def loss(c: F64) -> tuple[float, F64]:
        z = design @ c
        p = 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))
        value = float((w * (np.logaddexp(0, z) - hit * z)).sum() + RIDGE * ((c - centre) ** 2).sum())
        return value, design.T @ (w * (p - hit)) + 2 * RIDGE * (c - centre)

    return np.asarray(minimize(loss, centre, jac=True, method="L-BFGS-B").x)


def fit_calibration(chance: F64, hit: F64, weights: F64 | None = None) -> CrossingCalibration:
    """Intercept and slope of log odds that fit the outcomes best."""
    c = fit_logistic(logit(chance)[:, None], hit, weights, np.array([0.0, 1.0]))
    return CrossingCalibration(float(c[0]), float(c[1]))


def _interval(values: F64) -> list[float]:
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return [float(low), float(high)]


def ship_draws(ship: I64, seed: int = 0, resamples: int = RESAMPLES) -> F64:
    """Bootstrap weights (resamples, n): ships drawn with replacement, each case weighted by its ship's count."""
    unique, inverse = np.unique(ship, return_inverse=True)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), resamples)
    return np.asarray(counts[:, inverse], np.float64)


def brier(chance: F64, hit: F64, draws: F64) -> dict[str, Any]:
    """Brier score and its skill over the base rate, with intervals clustered by ship."""
    loss = (chance - hit) ** 2
    base = (hit.mean() - hit) ** 2
    score = draws @ loss / draws.sum(1)
    rate = draws @ hit / draws.sum(1)
    skill = 1 - score / np.maximum(rate * (1 - rate), 1e-12)
    return {
        "brier": float(loss.mean()),
        "brier_interval": _interval(score),
        "skill": float(1 - loss.mean() / max(float(base.mean()), 1e-12)),
        "skill_interval": _interval(skill),
    }


def paired_gain(ours: F64, theirs: F64, hit: F64, draws: F64) -> dict[str, Any]:
    """By how much our Brier score is lower on the same cases, as part of theirs; above 0 is better."""
    gain = (theirs - hit) ** 2 - (ours - hit) ** 2
    resampled = draws @ gain / draws.sum(1)
    part = draws @ gain / np.maximum(draws @ (theirs - hit) ** 2, 1e-12)
    return {
        "brier_gain": float(gain.mean()),
        "brier_gain_interval": _interval(resampled),
        "relative_gain": float(gain.sum() / max(float(((theirs - hit) ** 2).sum()), 1e-12)),
        "relative_gain_interval": _interval(part),
        "excludes_0": bool(_interval(resampled)[0] > 0),
    }


def reliability(chance: F64, hit: F64, draws: F64, resamples: int = 200) -> dict[str, Any]:
    """Slope and intercept of the outcomes on the log odds, with intervals clustered by ship."""
    whole = fit_calibration(chance, hit)
    some = [fit_calibration(chance, hit, weights) for weights in draws[:resamples]]
    return {
        "slope": whole.slope,
        "slope_interval": _interval(np.array([one.slope for one in some])),
        "intercept": whole.intercept,
        "intercept_interval": _interval(np.array([one.intercept for one in some])),
    }
