"""Who answers for an asset, as one reader may know it."""

from __future__ import annotations

from seawarden.channels.messages.case import Desk
from seawarden.model.finding import AssetRef
from seawarden.service.asset_along import place_at
from seawarden.service.view import View


def owner_of(view: View, ref: AssetRef) -> Desk:
    """The asset's owner, whom to call, and whose waters it lies in there; what names something hidden is left out."""
    asset = view.asset(ref.id)
    if asset is None:
        return Desk()
    waters = ""
    if ref.kp_km is not None:
        found = view.watch.waters(*place_at(asset, ref.kp_km))
        waters = "" if found is None or found.kind == "unknown" else f"{found.name} {found.kind}".strip()
    return Desk(*("" if view.gate.tells(text) else text for text in (asset.owner, asset.contact, waters)))
