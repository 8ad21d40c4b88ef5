"""The page and its base map as static files; a page that is not built says how to build it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Response
from starlette.responses import FileResponse, HTMLResponse

from seawarden.service.answer import not_found

PAGE: Final = Path(__file__).parent / "static"
BASEMAP: Final = Path(__file__).parent.parent / "data" / "built"

NOT_BUILT: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Seawarden</title></head>
<body><h1>Seawarden is running, but its page is not built</h1>
<p>Call <code>./run setup</code> in the source folder, or install the wheel, which holds the page.
The API answers at <a href="/api/status">/api/status</a>.</p></body></html>"""

TYPES: Final = {
    ".pmtiles": "application/octet-stream",
    ".json": "application/json",
    ".geojson": "application/geo+json",
}


def built() -> bool:
    """Whether the page was built."""
    return (PAGE / "index.html").is_file()


def add_page(app: FastAPI, page: Path = PAGE, basemap: Path = BASEMAP) -> None:
    """Serve the page at `/` and the base map under `/basemap`; both answer range requests and carry an ETag."""

    @app.get("/basemap/{name:path}", include_in_schema=False)
    def base(name: str) -> Response:
        return _file(basemap, name, "public, max-age=3600")

    @app.get("/", include_in_schema=False)
    def index() -> Response:
        if not (page / "index.html").is_file():
            return HTMLResponse(NOT_BUILT)
        return _file(page, "index.html", "no-cache")

    @app.get("/{name:path}", include_in_schema=False)
    def part(name: str) -> Response:
        # built parts bear a hash in their names and never change
        return _file(page, name, "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache")


def _file(folder: Path, name: str, cache: str) -> Response:
    root = folder.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise not_found("file", name)
    return FileResponse(path, media_type=TYPES.get(path.suffix), headers={"cache-control": cache})
