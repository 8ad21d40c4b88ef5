"""Alerts: tiers, life cycle, grouping and the lines that people read."""
