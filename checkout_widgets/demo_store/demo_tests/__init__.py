"""What the demo tests, tested and will test, and the words on a real experiment that is over."""

from checkout_widgets.demo_store.demo_tests.coming import COMING
from checkout_widgets.demo_store.demo_tests.definition import DemoTest, Traffic
from checkout_widgets.demo_store.demo_tests.past import HILLSTROM, PAST
from checkout_widgets.demo_store.demo_tests.running import CART_ACCESSORY, EXIT_BUNDLE, RUNNING

__all__ = ["CART_ACCESSORY", "COMING", "EXIT_BUNDLE", "HILLSTROM", "PAST", "RUNNING", "DemoTest", "Traffic"]
