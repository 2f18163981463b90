"""The demo's running, past, and coming tests, and a real experiment that has ended."""

from demo.demo_tests.coming import COMING
from demo.demo_tests.definition import DemoSequence, DemoTest, Traffic
from demo.demo_tests.past import HILLSTROM, PAST
from demo.demo_tests.running import CART_ACCESSORY, EXIT_BUNDLE, RUNNING

__all__ = [
    "CART_ACCESSORY",
    "COMING",
    "EXIT_BUNDLE",
    "HILLSTROM",
    "PAST",
    "RUNNING",
    "DemoSequence",
    "DemoTest",
    "Traffic",
]
