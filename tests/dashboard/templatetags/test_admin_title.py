"""The title of a page of the admin."""

import pytest
from django.contrib.auth.models import User
from django.template import RequestContext
from django.test import RequestFactory

from dashboard.templatetags.admin_title import title_parts
from experiments.models import WebhookTarget
from tests import factories

pytestmark = pytest.mark.django_db
APP = ("Tests, orders, and stores", "/admin/experiments/")
LIST = ("Webhook targets", "/admin/experiments/webhooktarget/")


def parts(**context: object) -> list[tuple[str, str]]:
    request = RequestFactory().get("/admin/")
    request.user = User(username="ada", first_name="Ada")
    found = title_parts(RequestContext(request, {"request": request, **context}))
    return [(part.text, part.link) for part in found]


def test_title_of_a_row_is_its_own_name_after_where_it_belongs():
    target = WebhookTarget.objects.create(store=factories.make_store(), url="https://shop.example/hook")
    page = f"/admin/experiments/webhooktarget/{target.pk}/change/"
    for name in ("original", "object"):
        assert parts(opts=WebhookTarget._meta, **{name: target}) == [APP, LIST, ("https://shop.example/hook", page)]


def test_title_of_a_list_of_a_new_row_and_of_other_pages():
    assert parts(opts=WebhookTarget._meta) == [APP, LIST]
    assert parts(opts=WebhookTarget._meta, add=True, title="Add webhook target")[2:] == [("Add webhook target", "")]
    assert parts(content_title="site administration") == [("Site administration", "")]
    assert parts() == [("Welcome Ada", "")]
