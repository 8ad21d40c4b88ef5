"""Faults and the ships that could have done it, and the fleet stage that joins risk, alerts and faults at a tick."""
