"""Who may come in, what each role may do, and that nobody acts under another's name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from seawarden.model.asset import Asset
from seawarden.model.error import StoreError, UsageError
from seawarden.model.person import ROLES
from seawarden.service.accounts import TRIES, Accounts
from seawarden.service.app import make_app
from seawarden.service.guard import check_host
from seawarden.service.replayed import Replayed

WORD = "correct horse battery"


@pytest.fixture
def watch(make_watch: Callable[..., Replayed], public_asset: Asset, secret_asset: Asset) -> Replayed:
    """A small world with one restricted asset."""
    return make_watch([public_asset, secret_asset])


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """Four people, one a role; the officer alone may see the navy's assets. A light hash: these are not secrets."""
    made = Accounts(tmp_path / "accounts.db", work=1 << 4)
    for role in ROLES:
        made.add(role, role, WORD, ["navy"] if role == "officer" else [])
    return made


@pytest.fixture
def client(watch: Replayed, accounts: Accounts) -> TestClient:
    """A stranger."""
    return TestClient(make_app(watch, accounts=accounts), raise_server_exceptions=False)


def signed_in(client: TestClient, name: str) -> TestClient:
    """The same as somebody."""
    assert client.post("/api/signin", json={"name": name, "password": WORD}).status_code == 200
    return client


def first_alert(client: TestClient) -> str:
    """An alert that they see."""
    return str(client.get("/api/alerts").json()["alerts"][0]["id"])


def test_a_stranger_learns_nothing(client: TestClient) -> None:
    schema = client.get("/api/openapi.json").json()
    asked = 0
    for path, methods in schema["paths"].items():
        if path in ("/api/me", "/api/signin", "/api/signout"):
            continue
        for method in methods:
            answer = client.request(method, path.replace("{", "").replace("}", ""), json={})
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.json() == {"detail": "sign in first"}
            asked += 1
    assert asked > 15
    assert client.get("/api/me").json() == {"needed": True, "name": "", "role": "", "groups": []}


def test_a_sign_in_is_a_cookie_that_scripts_cannot_read(client: TestClient) -> None:
    answer = client.post("/api/signin", json={"name": "viewer", "password": WORD})
    crumb = answer.headers["set-cookie"].lower()
    assert "httponly" in crumb and "samesite=strict" in crumb
    assert client.get("/api/me").json()["name"] == "viewer"
    assert client.get("/api/status").status_code == 200
    client.post("/api/signout", json={})
    assert client.get("/api/status").status_code == 401


def test_a_wrong_password_and_a_wrong_name_sound_the_same(client: TestClient) -> None:
    wrong = [client.post("/api/signin", json={"name": n, "password": "x" * 12}) for n in ("viewer", "nobody")]
    assert {answer.status_code for answer in wrong} == {401}
    assert len({answer.text for answer in wrong}) == 1


def test_too_many_tries_must_wait(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("seawarden.service.accounts.time.time", lambda: now)
    for _ in range(TRIES):
        with pytest.raises(UsageError, match="do not fit"):
            accounts.sign_in("viewer", "x" * 12)
    with pytest.raises(UsageError, match="too many tries"):
        accounts.sign_in("viewer", WORD)
    now += 31.0
    assert accounts.who(accounts.sign_in("viewer", WORD)) is not None


@pytest.mark.parametrize(
    ("role", "comment", "ack", "posture", "fault"),
    [("viewer", 403, 403, 403, 403), ("analyst", 200, 403, 403, 404), ("officer", 200, 200, 200, 404)],
)
def test_each_role_may_do_its_own(
    client: TestClient, role: str, comment: int, ack: int, posture: int, fault: int
) -> None:
    signed_in(client, role)
    alert = first_alert(client)
    assert client.post(f"/api/alerts/{alert}/comment", json={"text": "seen"}).status_code == comment
    assert client.post(f"/api/alerts/{alert}/ack", json={}).status_code == ack
    told = {"level": "raised", "text": "on the duty officer's word", "actor": "x"}
    assert client.post("/api/posture", json=told).status_code == posture
    assert client.post("/api/faults", json={"asset": "no such", "from_t": 1}).status_code == fault


def test_nobody_acts_under_another_name(client: TestClient) -> None:
    signed_in(client, "officer")
    alert = first_alert(client)
    done = client.post(f"/api/alerts/{alert}/ack", json={"actor": "admin"}).json()
    assert done["work"]["acknowledged_by"] == "officer"


def test_rights_follow_the_person(client: TestClient) -> None:
    def names() -> set[str]:
        return {asset["id"] for asset in client.get("/api/assets").json()["features"]}

    signed_in(client, "viewer")
    assert names() == {"open-link"}
    client.cookies.clear()
    signed_in(client, "officer")
    assert names() == {"open-link", "quiet-thread"}


def test_a_token_acts_for_its_owner_and_no_further(client: TestClient, accounts: Accounts) -> None:
    key_id, secret = accounts.token("officer", "viewer", 1, "a script")
    headers = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/me", headers=headers).json()["role"] == "viewer"
    alert = str(client.get("/api/alerts", headers=headers).json()["alerts"][0]["id"])
    assert client.post(f"/api/alerts/{alert}/ack", json={}, headers=headers).status_code == 403
    with pytest.raises(UsageError, match="can't be admin"):
        accounts.token("officer", "admin", 1)
    accounts.revoke(key_id)
    assert client.get("/api/status", headers=headers).status_code == 401


def test_a_closed_account_is_out_at_once(client: TestClient, accounts: Accounts) -> None:
    signed_in(client, "officer")
    accounts.disable("officer")
    assert client.get("/api/status").status_code == 401
    assert client.post("/api/signin", json={"name": "officer", "password": WORD}).status_code == 401


def test_a_sign_in_ends_with_the_shift(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("seawarden.service.accounts.time.time", lambda: now)
    secret = accounts.sign_in("viewer", WORD)
    assert accounts.who(secret) is not None
    now += 12 * 3600 + 1
    assert accounts.who(secret) is None


def test_no_secret_lies_in_the_file(accounts: Accounts) -> None:
    secret = accounts.sign_in("viewer", WORD)
    accounts.close()
    held = b"".join(path.read_bytes() for path in accounts.path.parent.iterdir())
    assert WORD.encode() not in held
    assert secret.encode() not in held
    assert stat.S_IMODE(os.stat(accounts.path).st_mode) == 0o600


def test_a_file_that_others_may_read_is_refused(accounts: Accounts) -> None:
    accounts.path.chmod(0o644)
    with pytest.raises(StoreError, match="others may read it"):
        Accounts(accounts.path)


@pytest.mark.parametrize(
    "call",
    [
        lambda a: a.add("two words", "viewer", WORD),
        lambda a: a.add("x", "captain", WORD),
        lambda a: a.add("x", "viewer", "short"),
        lambda a: a.add("x", "viewer", WORD, ["two words"]),
        lambda a: a.disable("nobody"),
        lambda a: a.token("nobody", "viewer", 1),
        lambda a: a.token("viewer", "viewer", 0),
        lambda a: a.revoke("nothing"),
    ],
)
def test_what_cannot_be_is_said(accounts: Accounts, call: Callable[[Accounts], object]) -> None:
    with pytest.raises(UsageError):
        call(accounts)


def test_beyond_loopback_only_with_accounts_and_a_private_line() -> None:
    check_host("127.0.0.1")
    check_host("::1")
    check_host("0.0.0.0", accounts=True, private=True)
    with pytest.raises(UsageError, match="no accounts"):
        check_host("0.0.0.0")
    with pytest.raises(UsageError, match="no accounts"):
        check_host("watch.example", private=True)
    with pytest.raises(UsageError, match="in the clear"):
        check_host("192.0.2.1", accounts=True)


def test_a_name_of_its_own_is_answered(watch: Replayed) -> None:
    client = TestClient(make_app(watch, names=["watch.example"]), raise_server_exceptions=False)
    assert client.get("/api/status", headers={"host": "watch.example"}).status_code == 200
    assert client.get("/api/status", headers={"host": "evil.example"}).status_code == 421
