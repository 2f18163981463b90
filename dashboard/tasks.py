"""E-mails about accounts, sent by the worker. Jobs have numbers and addresses, never a link that opens something."""

from procrastinate.contrib.django import app

from experiments.notifications.tasks import ATTEMPTS


@app.task(queue="notifications", retry=ATTEMPTS)
def send_invitation(invitation_id: int) -> None:
    """Send an invitation, if it is still open."""
    # imported late: what sends also queues these jobs
    from dashboard.invitations import sending

    sending.send(invitation_id)


@app.task(queue="notifications", retry=ATTEMPTS)
def send_new_password_link(address: str) -> None:
    """Send a link to whoever has an account with this address; nothing where nobody has."""
    from dashboard.forgotten_password import sending

    sending.send(address)


@app.task(queue="notifications", retry=ATTEMPTS)
def tell_of_reset(user_id: int, actor: str) -> None:
    """Tell somebody that their second factor was reset."""
    from dashboard.account import second_factor_reset

    second_factor_reset.tell(user_id, actor)
