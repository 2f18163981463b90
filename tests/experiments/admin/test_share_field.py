"""Shares, typed and shown in percent."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from experiments.admin.share_field import ShareField


class ShareForm(forms.Form):
    share = ShareField(min_value=0, max_value=50, required=False)


@pytest.mark.parametrize(("typed", "share"), [("7", 0.07), ("12.5", 0.125), ("0", 0.0), ("50", 0.5), ("", None)])
def test_percentage_is_stored_as_a_share_and_shown_as_typed(typed, share):
    form = ShareForm({"share": typed})
    assert form.is_valid()
    assert form.cleaned_data["share"] == share
    if share is not None:
        assert f'value="{typed}"' in str(ShareForm(initial={"share": share})["share"])


@pytest.mark.parametrize(("typed", "words"), [("51", "50"), ("-1", "0"), ("nan", "number"), ("a tenth", "number")])
def test_value_that_is_no_such_percentage_is_an_error_that_names_the_limit_in_percent(typed, words):
    with pytest.raises(ValidationError, match=words):
        ShareField(min_value=0, max_value=50).clean(typed)
    assert f'value="{typed}"' in str(ShareForm({"share": typed})["share"])


def test_share_counts_as_changed_only_when_another_was_typed():
    assert not ShareForm({"share": "7"}, initial={"share": 0.07}).has_changed()
    assert not ShareForm({"share": "33.33333333"}, initial={"share": 1 / 3}).has_changed()
    assert ShareForm({"share": "0.07"}, initial={"share": 0.07}).has_changed()
    assert ShareForm({"share": ""}, initial={"share": 0.07}).has_changed()
