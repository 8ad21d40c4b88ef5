"""The one small type of measurement error, and the errors that a person reads."""

from __future__ import annotations

import msgspec

from seawarden.model.resolution import maybe


class Uncertain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value with its own error: every measured quantity of a finding is one of these."""

    name: str
    value: float | None
    unit: str
    sigma: float | None = None
    """Standard error in the same unit; None when it is not known."""
    bias: float = 0.0
    """Known bias, already removed from `value`."""
    method: str = ""
    """How it was measured, in a few words."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "value", maybe(self.value, self.unit))
        msgspec.structs.force_setattr(self, "sigma", maybe(self.sigma, self.unit))


class SeawardenError(Exception):
    """A failure with a sentence for the user: what is wrong, where, and what to do. Never a traceback."""


class UsageError(SeawardenError):
    """The command was called wrongly (exit code 2)."""


class SourceError(SeawardenError):
    """A source can't be opened or holds nothing that can be replayed."""


class AssetError(SeawardenError):
    """An asset file is wrong in a way that must be mended by hand."""


class SettingsError(SeawardenError):
    """A setting is unknown, of the wrong type or out of its limits."""


class StoreError(SeawardenError):
    """A store can't be written or does not verify."""


class MessageError(SeawardenError):
    """A message to or from others can't be written or read."""
