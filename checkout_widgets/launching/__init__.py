"""From an idea to a running test: templates, the checklist, the launch."""

from checkout_widgets.launching.approved_launch import launch_or_ask
from checkout_widgets.launching.candidate import Check
from checkout_widgets.launching.checklist import checklist
from checkout_widgets.launching.duplication import duplicate
from checkout_widgets.launching.launch import LaunchRefused, launch

__all__ = ["Check", "LaunchRefused", "checklist", "duplicate", "launch", "launch_or_ask"]
