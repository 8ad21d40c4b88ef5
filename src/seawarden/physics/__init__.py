"""Anchor, chain and ship: what an anchor on the seabed can do. Shared by detectors and simulator."""
