"""Everything that the API's own schema allows, and much that it does not: always an answer, never a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import BaseSchema

from seawarden.model.asset import Asset
from seawarden.service.app import make_app
from seawarden.service.replayed import Replayed

ENDLESS = "/api/stream"
"""Server-sent events never end by themselves."""


@pytest.fixture(scope="module")
def api(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> BaseSchema:
    app: FastAPI = make_app(make_watch([public_asset, secret_asset]))
    return schemathesis.openapi.from_asgi("/api/openapi.json", app).exclude(path=ENDLESS)


def test_every_question_has_an_answer(api: BaseSchema) -> None:
    asked: dict[str, int] = {}
    for found in api.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(headers={**(case.headers or {}), "host": "testserver"})
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text}"
            if answer.status_code >= 400:
                assert "detail" in answer.json()
            asked[case.operation.label] = asked.get(case.operation.label, 0) + 1

        ask()
    assert len(asked) > 35, sorted(asked)
