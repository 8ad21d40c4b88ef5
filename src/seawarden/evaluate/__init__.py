"""Suites that measure what the watch finds and how often it cries in vain, with intervals, on real positions."""
