"""Made-up visitors with a known effect, sent through the real functions."""

from demo.simulation.effects import CannotSimulate
from demo.simulation.traffic import SimulationResult, simulate

__all__ = ["CannotSimulate", "SimulationResult", "simulate"]
