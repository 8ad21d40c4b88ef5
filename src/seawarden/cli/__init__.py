"""The command line, one command a file. What a command needs is imported when it is called: help answers at once."""

from seawarden.cli.program import app, main

__all__ = ["app", "main"]
