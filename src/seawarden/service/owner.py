"""Who answers for the asset of an alert, as one reader may know it."""

from __future__ import annotations

from seawarden.channels.messages.case import Desk
from seawarden.model.alert import Alert
from seawarden.service.asset_along import place_at
from seawarden.service.view import View


def owner_of(view: View, alert: Alert) -> Desk:
    """The asset's owner, whom to call, and whose waters it lies in there; what names something hidden is left out."""
    asset = view.asset(alert.asset.id)
    if asset is None:
        return Desk()
    waters = ""
    if alert.asset.kp_km is not None:
        found = view.watch.waters(*place_at(asset, alert.asset.kp_km))
        waters = "" if found is None or found.kind == "unknown" else f"{found.name} {found.kind}".strip()
    return Desk(*("" if view.gate.tells(text) else text for text in (asset.owner, asset.contact, waters)))
