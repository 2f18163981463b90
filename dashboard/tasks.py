"""The jobs of the rooms, loaded with this module, as the worker loads it: e-mails about accounts."""

from dashboard.account.second_factor_reset import tell_of_reset
from dashboard.forgotten_password.sending import send_new_password_link
from dashboard.invitations.sending import send_invitation

__all__ = ["send_invitation", "send_new_password_link", "tell_of_reset"]
