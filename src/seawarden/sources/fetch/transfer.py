"""One file from a server, whole: resumed where it was cut, asked for gently, refused when it is something else.

A cut transfer leaves `NAME.part` and the server's own mark of the version (`NAME.part.json`). The next attempt asks
for the rest with `If-Range` (RFC 9110, 13.1.5), so that two versions are never joined: a changed file starts from the
beginning. Nothing here looks at a clock or sleeps by itself; both are given by the caller.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from seawarden import __version__
from seawarden.model.error import SourceError, StoreError, UsageError
from seawarden.sources.fetch import answer
from seawarden.sources.fetch.public import PublicSource
from seawarden.sources.fetch.sidecar import Sidecar, is_as_fetched, read_sidecar, sha256_of, write_sidecar
from seawarden.sources.fetch.whole import write_whole

CHUNK: Final = 1 << 18
AGENT: Final = f"seawarden/{__version__} (open watch over undersea infrastructure)"
Sleep = Callable[[float], None]
Check = Callable[[Path], str]
"""Says what is wrong with a file's content; the empty string when nothing is."""
Progress = Callable[[int, int | None], None]


class Manner(NamedTuple):
    """How servers are asked."""

    sleep: Sleep
    now_t: int
    """When the command was called, ms UTC; recorded with every file."""
    tries: int = 5
    timeout_s: float = 60.0
    progress: Progress = lambda got, whole: None


class Fetched(NamedTuple):
    """A file that is on disk, whole."""

    path: Path
    record: Sidecar
    reused: bool
    """The server said that the copy on disk is still good."""
    resumed: bool
    """It was put together from more than one transfer."""


class _Part(msgspec.Struct, kw_only=True):
    url: str
    validator: str


class _Again(Exception):
    """Worth another attempt, after a rest."""

    def __init__(self, why: str, wait_s: float) -> None:
        super().__init__(why)
        self.wait_s = wait_s


def download(
    url: str,
    target: Path,
    source: PublicSource,
    manner: Manner,
    *,
    kinds: tuple[str, ...] = (),
    check: Check | None = None,
) -> Fetched:
    """Fetch a file, or find that the one on disk is still good.

    Args:
        url: http or https.
        target: where it is to stand; its record stands beside it.
        source: whose terms it comes under.
        manner: how to ask.
        kinds: content types that are taken; any but a web page when empty.
        check: looks into the whole file; what it finds wrong is tried once more and then refused.

    Raises:
        SourceError: the server refuses, answers something else, or can't be reached; the sentence says what to do.
        StoreError: the disk can't be written.
        UsageError: not a web address.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{url}: an address must begin with http:// or https://")
    part, mark = target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json")
    known = read_sidecar(target)
    kept = known if known is not None and known.url == url and is_as_fetched(target, known) else None
    resumed, spoiled, failure = False, 0, ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(manner.tries):
            try:
                headers, joined = _transfer(url, part, mark, kept, kinds, manner, attempt)
                resumed = resumed or joined
                if headers is None:
                    assert kept is not None
                    return Fetched(target, kept, True, False)
                wrong = check(part) if check is not None else ""
                if wrong:
                    _forget(part, mark)
                    spoiled += 1
                    if spoiled > 1:
                        raise SourceError(f"{url}: what was sent is spoiled: {wrong}; nothing was kept")
                    raise _Again(f"what was sent is spoiled: {wrong}", answer.wait_s(attempt, {}))
                return _settle(url, target, part, mark, source, manner, headers, resumed)
            except _Again as again:
                failure = str(again)
                if again.wait_s > answer.LONGEST_WAIT_S:
                    raise SourceError(
                        f"{url}: {failure}, and the server asks to be left alone for {again.wait_s:.0f} s; "
                        "call again later, what was fetched is kept"
                    ) from None
                if attempt + 1 < manner.tries:
                    manner.sleep(again.wait_s)
    except OSError as error:
        raise StoreError(f"{target}: can't be written ({error.strerror or error})") from None
    held = f"; {part.stat().st_size:,} bytes are kept, call again to go on" if part.is_file() else ""
    raise SourceError(f"{url}: {failure} ({manner.tries} attempts){held}")


def _transfer(
    url: str, part: Path, mark: Path, kept: Sidecar | None, kinds: tuple[str, ...], manner: Manner, attempt: int
) -> tuple[Any, bool]:
    """One attempt; the answer's headers and whether it was joined to an earlier one. No headers: the copy is good."""
    have, seal = _begun(url, part, mark)
    asked = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        asked |= {"Range": f"bytes={have}-", "If-Range": seal}
    elif kept is not None:
        if kept.etag:
            asked["If-None-Match"] = kept.etag
        elif kept.last_modified:
            asked["If-Modified-Since"] = kept.last_modified
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=asked), timeout=manner.timeout_s) as reply:
            return _receive(url, reply, part, mark, have, seal, kinds, manner, attempt)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 304 and kept is not None:
                return None, False
            if error.code == 416 and have:  # the part is as long as the file, or longer: it can't be of this version
                _forget(part, mark)
                raise _Again("the file changed while it was fetched", 0.0) from None
            if error.code in answer.AGAIN:
                raise _Again(
                    f"the server answered {error.code} {error.reason}", answer.wait_s(attempt, error.headers)
                ) from None
            raise SourceError(f"{url}: the server answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _Again(f"can't be reached ({error.reason})", answer.wait_s(attempt, {})) from None
    except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
        raise _Again(f"the transfer was cut ({type(error).__name__})", answer.wait_s(attempt, {})) from None


def _receive(
    url: str,
    reply: Any,
    part: Path,
    mark: Path,
    have: int,
    seal: str,
    kinds: tuple[str, ...],
    manner: Manner,
    attempt: int,
) -> tuple[Any, bool]:
    headers = reply.headers
    said = answer.kind_of_content(headers)
    if (kinds and said and said not in kinds) or (not kinds and said == "text/html"):
        begin = " ".join(reply.read(400).decode("utf-8", "replace").split())[:160]
        raise SourceError(f"{url}: the server sent {said}, not {' or '.join(kinds) or 'a file'}: {begin}")
    packed = (headers.get("Content-Encoding") or "identity").strip().lower()
    if packed != "identity":
        raise SourceError(f"{url}: the server packed the file ({packed}) though it was asked not to")
    joined = reply.status == 206
    length = headers.get("Content-Length")
    whole = int(length) if length and length.isdigit() else None
    if joined:
        cut = answer.content_range(headers)
        if cut is None or cut[0] != have or answer.validator(headers) not in ("", seal):
            _forget(part, mark)
            raise _Again("the file changed while it was fetched", 0.0)
        whole = cut[2] if cut[2] is not None else cut[1] + 1
    else:
        have = 0
        part.unlink(missing_ok=True)  # before the mark: an old part must never stand under a new version's mark
        write_whole(mark, msgspec.json.encode(_Part(url=url, validator=answer.validator(headers))))
    with part.open("ab" if joined else "wb") as file:
        while chunk := reply.read(CHUNK):
            file.write(chunk)
            have += len(chunk)
            manner.progress(have, whole)
    if whole is not None and have < whole:
        raise _Again(f"the transfer was cut after {have:,} of {whole:,} bytes", answer.wait_s(attempt, {}))
    if whole is not None and have > whole:
        _forget(part, mark)
        raise _Again(f"the server sent {have:,} bytes and promised {whole:,}", answer.wait_s(attempt, {}))
    return headers, joined


def _begun(url: str, part: Path, mark: Path) -> tuple[int, str]:
    """Bytes at hand and the mark of their version; 0 when there is nothing that may be continued."""
    if not part.is_file() or not mark.is_file():
        return 0, ""
    try:
        begun = msgspec.json.decode(mark.read_bytes(), type=_Part)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return 0, ""
    size = part.stat().st_size
    return (size, begun.validator) if size and begun.url == url and begun.validator else (0, "")


def _settle(
    url: str, target: Path, part: Path, mark: Path, source: PublicSource, manner: Manner, headers: Any, resumed: bool
) -> Fetched:
    record = Sidecar(
        url=url,
        sha256=sha256_of(part),
        bytes=part.stat().st_size,
        fetched_t=manner.now_t,
        source=source.id,
        licence=source.licence,
        attribution=source.attribution,
        etag=(headers.get("ETag") or "").strip(),
        last_modified=(headers.get("Last-Modified") or "").strip(),
        content_type=answer.kind_of_content(headers),
    )
    part.replace(target)
    write_sidecar(target, record)
    mark.unlink(missing_ok=True)
    return Fetched(target, record, False, resumed)


def _forget(part: Path, mark: Path) -> None:
    for path in (part, mark):
        with suppress(FileNotFoundError):
            path.unlink()
