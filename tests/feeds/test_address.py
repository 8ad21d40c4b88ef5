"""Addresses, and the secrets that do not belong in them."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from seawarden.model.error import UsageError
from seawarden.sources.feeds.address import parse_address
from seawarden.sources.feeds.credentials import Credentials, credentials_of, variable_of
from seawarden.sources.feeds.opening import is_feed, open_feed


def test_an_address_with_options():
    address = parse_address("tcp://153.44.253.27:5631#name=kystverket,time=receive")
    assert (address.scheme, address.host, address.port, address.name) == ("tcp", "153.44.253.27", 5631, "kystverket")
    assert address.options["time"] == "receive"
    assert parse_address("udp://[::1]:10110").where == "::1:10110"
    assert parse_address("wss://meri.digitraffic.fi/mqtt").port == 443
    assert parse_address("https://a.example/x?from=1&to=2#every_s=30").path == "/x?from=1&to=2"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("tcp://127.0.0.1", "HOST:PORT"),
        ("tcp://127.0.0.1:99999", "not an address"),
        ("tcp://127.0.0.1:1#nmae=x", "is no option"),
        ("tcp://127.0.0.1:1#name", "is no option"),
        ("gopher://127.0.0.1:1", "feeds are understood at"),
        ("serial://", "serial:///dev/ttyUSB0"),
        ("serial:///dev/ttyUSB0#baud=fast", "a number from 300"),
        ("wss://host.example/x", "say what comes there"),
        ("wss://host.example/x#form=pigeon", "say what comes there"),
        ("mqtt://host.example#form=nmea", "which topics"),
        ("wss://stream.aisstream.io/v0/stream#name=a", "SEAWARDEN_FEED_A_TOKEN"),
        ("https://host.example/x#every_s=0", "a number from 0.1"),
        ("wss://127.0.0.1:1#form=nmea,ca=/no/such/file", "not a certificate"),
        ("playback:", "which file"),
        ("playback:x.csv?speed=5000", "a number from 0.1 to 1000"),
    ],
)
def test_addresses_that_are_wrong(uri, words):
    with pytest.raises(UsageError, match=None) as error:
        open_feed(uri, environment={})
    assert words in str(error.value)


@pytest.mark.parametrize(
    "uri",
    [
        "tcp://watch:hush-hush@127.0.0.1:5631",
        "https://host.example/ais?apikey=hush-hush",
        "https://host.example/ais?token=hush-hush&x=1",
        "wss://host.example/x#form=aisstream,key=hush-hush",
        "mqtts://host.example#form=digitraffic,password=hush-hush",
    ],
)
def test_secrets_in_an_address_are_refused_and_not_repeated(uri, caplog):
    with pytest.raises(UsageError) as error:
        open_feed(uri, environment={})
    assert "hush-hush" not in str(error.value) + caplog.text
    assert "SEAWARDEN_FEED_" in str(error.value)


def test_credentials_from_the_environment():
    environment = {"SEAWARDEN_FEED_COAST_1_USER": "watch", "SEAWARDEN_FEED_COAST_1_PASSWORD": "hush-hush"}
    assert variable_of("coast-1") == "SEAWARDEN_FEED_COAST_1"
    found = credentials_of("coast-1", environment)
    assert (found.user, found.password) == ("watch", "hush-hush")
    assert not credentials_of("coast-2", environment)


def test_credentials_from_a_file(tmp_path: Path):
    file = tmp_path / "coast.toml"
    file.write_text('token = "hush-hush"\n')
    file.chmod(0o600)
    assert credentials_of("coast", {}, str(file)).token == "hush-hush"
    assert credentials_of("coast", {"SEAWARDEN_FEED_COAST_FILE": str(file)}).token == "hush-hush"


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_a_file_that_others_may_read_is_refused(tmp_path: Path):
    file = tmp_path / "coast.toml"
    file.write_text('token = "hush-hush"\n')
    file.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600") as error:
        credentials_of("coast", {}, str(file))
    assert "hush-hush" not in str(error.value)


@pytest.mark.parametrize("text", ["token = hush-hush", 'secret = "hush-hush"', "token = 5"])
def test_a_file_that_is_wrong_is_not_repeated(text, tmp_path: Path):
    file = tmp_path / "coast.toml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(UsageError) as error:
        credentials_of("coast", {}, str(file))
    assert "hush-hush" not in str(error.value)


def test_secrets_are_never_shown():
    secret = Credentials("watch", "hush-hush", "the-key")
    assert "hush-hush" not in repr(secret) + str(secret) + f"{secret}" + repr(vars(secret)["user"])
    assert repr(secret) == "Credentials(user, password, token)"
    assert secret.scrubbed("401 for watch with hush-hush and the-key") == "401 for watch with *** and ***"


def test_a_feeds_log_holds_no_secret(caplog):
    caplog.set_level(logging.DEBUG)
    uri = "wss://127.0.0.1:1/v0/stream#form=aisstream,name=a"
    feed = open_feed(uri, environment={"SEAWARDEN_FEED_A_TOKEN": "hush-hush"})
    batches = feed.batches()
    next(batches, None) if feed.health.report().up else feed.stop()
    list(batches)
    assert "hush-hush" not in caplog.text + str(feed.health.report())


def test_what_is_a_feed(tmp_path: Path):
    assert is_feed("tcp://127.0.0.1:1") and is_feed("playback:x.csv") and is_feed("https://host.example/ais")
    assert not is_feed("data/aisdk-2025-11-01.csv") and not is_feed("file:///x.csv") and not is_feed("C:\\ais.csv")
