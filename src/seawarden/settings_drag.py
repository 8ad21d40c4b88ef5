"""Settings of the drag behaviour: an anchor possibly out under way."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class DragSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An anchor possibly out under way."""

    enabled: bool = True
    """Off where no model is installed."""
    screen_loss: Annotated[float, Meta(ge=0.005, le=0.5, description="Loss that calls the model")] = 0.05
    """A steady ship's five-minute mean stays within 1-2 % of her three-quarter hour's; a loss of 5 % is seen by
    the heading or not at all."""
    screen_skew_deg: Annotated[float, Meta(ge=0.5, le=45, description="Change of heading minus course, too")] = 3.5
    """Two and a half times what five minutes of real headings wander against three quarters of an hour."""
    look_s: Annotated[float, Meta(ge=10, le=3_600, description="Least time between two looks")] = 60
    """The model was measured at ticks of a minute."""
    hot_s: Annotated[float, Meta(ge=60, le=14_400, description="How long a ship is then looked at")] = 900
    """While her speed stays down she is looked at anyway; this is for a slip, or a heading that comes back."""
    longest_s: Annotated[float, Meta(ge=600, le=86_400, description="Longest time of looking at one slow-down")] = (
        10_800
    )
    """Three hours: the model looks no further back."""
    least_before_kn: Annotated[float, Meta(ge=2, le=20, description="Least speed before the onset")] = 6
    """The known cases ran at 8.5-11 kn before; slower ships tow, fish, manoeuvre or drift."""
    open_log_odds: Annotated[float, Meta(ge=-5, le=20, description="Evidence that opens a finding")] = 2.5
    """About one finding in a ship-day or two of open-sea traffic; the tiers lie above it."""
    close_log_odds: Annotated[float, Meta(ge=-10, le=20, description="Evidence below which it may close")] = 1.0
    """Lower than opening, so that a finding does not flutter."""
    close_s: Annotated[float, Meta(ge=60, le=14_400, description="How long below before it closes")] = 1_800
    """A slip lets the ship run free for some minutes."""
    gap_s: Annotated[float, Meta(ge=60, le=7_200, description="Gap between reports that ends it")] = 2_700
    """Nothing can be said of a ship unheard for three quarters of an hour."""
    step_log_odds: Annotated[float, Meta(ge=0.1, le=10, description="Change that makes a revision")] = 0.75
    """A factor of two in the odds."""
