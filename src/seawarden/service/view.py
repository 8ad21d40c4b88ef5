"""A watch as one reader sees it: every noun that an answer holds comes from here, through the gate."""

from __future__ import annotations

from seawarden.channels.gate import Gate
from seawarden.model.alert import TIERS, Alert
from seawarden.model.asset import Asset
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.service.watch import Watch

ACTIVE = frozenset({"raised", "lowered"})


class View:
    """What one reader may see of a watch."""

    def __init__(self, watch: Watch, gate: Gate) -> None:
        self.watch = watch
        self.gate = gate
        self._stands: int | None = None

    def at(self, at: int | None) -> int:
        """The time asked for, or the newest."""
        return self.watch.clock() if at is None else at

    def stands(self) -> int:
        """Where the page stands when it opens: at the newest time, or in a replay at its most urgent alert."""
        if self.watch.mode != "live" and self._stands is None:
            held = [alert for alert in self.alerts(self.watch.clock()) if not alert.exercise]
            top = max((TIERS.index(alert.highest_tier) for alert in held), default=0)
            reached = [
                revision
                for alert in held
                if TIERS.index(alert.highest_tier) == top
                for revision in self.alert(alert.id)
                if revision.tier == alert.highest_tier and revision.state in ACTIVE
            ]
            worst = max(
                reached, key=lambda alert: (alert.risk * alert.consequence, -alert.known_from_t), default=None
            )
            self._stands = self.watch.clock() if worst is None else worst.known_from_t
        return self.watch.clock() if self._stands is None else self._stands

    def assets(self) -> list[Asset]:
        """Assets that the reader may see."""
        return self.gate.assets

    def asset(self, name: str) -> Asset | None:
        """One asset by id, name or alias; a hidden one is as good as none."""
        plain = _plain(name)
        for asset in self.gate.assets:
            if name == asset.id or plain in {_plain(asset.id), _plain(asset.name), *map(_plain, asset.aliases)}:
                return asset
        return None

    def findings(self, at: int) -> list[Finding]:
        """Findings as known then, newest first, those taken back left out."""
        shown = [finding for finding in self.gate.all(self.watch.findings(at)) if finding.state != "retracted"]
        return sorted(shown, key=newest)

    def alerts(self, at: int, state: str = "") -> list[Alert]:
        """Alerts as known then, most urgent first; those taken back only when asked for by state."""
        shown = self.gate.all(self.watch.alerts(at))
        if state == "active":
            shown = [alert for alert in shown if alert.state in ACTIVE]
        elif state and state != "all":
            shown = [alert for alert in shown if alert.state == state]
        elif not state:
            shown = [alert for alert in shown if alert.state != "retracted"]
        return sorted(shown, key=urgency)

    def alert(self, alert_id: str, since: int = 0) -> list[Alert]:
        """All revisions of one alert that the reader may see, or those after one, oldest first."""
        return self.gate.all(one for one in self.watch.alert_history(alert_id) if one.revision > since)

    def faults(self, at: int) -> list[Fault]:
        """Declared faults as known then, newest first."""
        return sorted(self.gate.all(self.watch.faults(at)), key=lambda fault: (-fault.declared_t, fault.id))

    def fault(self, fault_id: str, at: int) -> Fault | None:
        """One fault as known then."""
        if fault_id not in {fault.id for fault in self.faults(at)}:
            return None
        fault = self.watch.fault(fault_id, at)
        return None if fault is None else self.gate.one(fault)

    def active_by_track(self, at: int) -> dict[str, list[Alert]]:
        """Active alerts by track id, most urgent first."""
        by_track: dict[str, list[Alert]] = {}
        for alert in self.alerts(at, "active"):
            by_track.setdefault(alert.ship.track_id, []).append(alert)
        return by_track


def newest(finding: Finding) -> tuple[int, str]:
    """Sorts findings: what began last comes first."""
    return -finding.start_t, finding.id


def urgency(alert: Alert) -> tuple[bool, int, float, int, str]:
    """Sorts alerts: what is in force and weighs most comes first."""
    return (
        alert.state not in ACTIVE,
        -TIERS.index(alert.tier),
        -alert.risk * alert.consequence,
        -alert.updated_t,
        alert.id,
    )


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
