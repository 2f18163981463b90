"""Made-up visitors with a known effect, sent through the real functions."""

from demo.simulation.effects import CannotSimulate
from demo.simulation.scenario import Wanted
from demo.simulation.traffic import SimulatedTraffic, SimulationResult, simulate

__all__ = ["CannotSimulate", "SimulatedTraffic", "SimulationResult", "Wanted", "simulate"]
