"""The only place where the stages meet: step, tick, correct, snapshot, restore."""

from seawarden.engine.core import Engine, FleetOutput, FleetStage, Outcome

__all__ = ["Engine", "FleetOutput", "FleetStage", "Outcome"]
