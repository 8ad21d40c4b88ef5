"""Alerts in forms that others understand. Every form can be read back: what it tells of an alert is `told.Told`."""
