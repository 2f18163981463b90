"""Made-up visitors with a known effect, sent through the real functions."""

from experiments.simulation.effects import CannotSimulate
from experiments.simulation.traffic import SimulationResult, simulate

__all__ = ["CannotSimulate", "SimulationResult", "simulate"]
