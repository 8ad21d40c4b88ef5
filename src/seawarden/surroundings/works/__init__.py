"""Known works: cable ships, surveys and repairs that were declared, and are expected there and then."""

from seawarden.surroundings.works.book import WorksBook
from seawarden.surroundings.works.door import read_works

__all__ = ["WorksBook", "read_works"]
