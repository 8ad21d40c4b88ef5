"""The list of files of an S3 bucket, in its XML form, page by page (ListObjectsV2 and the older ListObjects)."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree

from seawarden.model.error import SourceError
from seawarden.sources.fetch.public import PublicSource
from seawarden.sources.fetch.transfer import Manner, download

XML_KINDS: Final = ("application/xml", "text/xml", "binary/octet-stream", "application/octet-stream")
MOST_PAGES: Final = 100


class Listed(NamedTuple):
    """One file of a bucket."""

    key: str
    bytes: int
    etag: str


def list_bucket(base: str, prefix: str, scratch: Path, source: PublicSource, manner: Manner) -> list[Listed]:
    """Every file whose key begins so.

    Args:
        base: address of the bucket.
        prefix: beginning of the keys.
        scratch: a file to keep each page in while it is read.
        source: whose bucket it is.
        manner: how to ask.

    Raises:
        SourceError: the answer is no listing, or it never ends.
        StoreError: the disk can't be written.
    """
    found: list[Listed] = []
    more: dict[str, str] = {}
    for page in range(MOST_PAGES):
        if page:
            manner.sleep(source.pause_s)
        url = f"{base}?{urlencode({'list-type': '2', 'prefix': prefix, **more})}"
        download(url, scratch, source, manner, kinds=XML_KINDS)
        root = _root(url, scratch.read_bytes())
        part = [_listed(url, item) for item in _all(root, "Contents")]
        found += part
        if _text(root, "IsTruncated") != "true":
            return found
        token = _text(root, "NextContinuationToken")
        marker = _text(root, "NextMarker") or (part[-1].key if part else "")
        last, more = more, {"continuation-token": token} if token else {"marker": marker}
        if more == last or not (token or marker):
            raise SourceError(f"{url}: the listing says that there is more but not from where")
    raise SourceError(f"{base}: the listing of '{prefix}' goes on for more than {MOST_PAGES} pages")


def _root(url: str, content: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in content[:2_000] or b"<!ENTITY" in content[:2_000]:
        raise SourceError(f"{url}: the listing declares entities of its own; it is not read")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise SourceError(f"{url}: the answer is no listing of files ({error})") from None
    if _name(root) != "ListBucketResult":
        raise SourceError(f"{url}: the answer is no listing of files but <{_name(root)}>")
    return root


def _listed(url: str, item: ElementTree.Element) -> Listed:
    size = _text(item, "Size")
    if not size.isdigit():
        raise SourceError(f"{url}: the listing names '{_text(item, 'Key')}' without its size")
    return Listed(_text(item, "Key"), int(size), _text(item, "ETag"))


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [child for child in element if _name(child) == name]


def _text(element: ElementTree.Element, name: str) -> str:
    return next((child.text or "" for child in _all(element, name)), "").strip()
