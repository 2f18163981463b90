"""Only the exact bytes, signed with a secret that counts, pass."""

from base64 import b64decode

import pytest

from checkout_widgets.webhooks.shop_systems.signatures import is_signed, sign
from tests.checkout_widgets.webhooks import samples

SIGNED = [
    ("shopify_orders_paid.json", "X-Shopify-Hmac-Sha256"),
    ("shopify_refunds_create.json", "X-Shopify-Hmac-Sha256"),
    ("woocommerce_order_created.json", "X-WC-Webhook-Signature"),
]


@pytest.mark.parametrize(("name", "header"), SIGNED)
def test_is_signed_samples_verify_byte_by_byte(name, header):
    body, signature = (samples.FOLDER / name).read_bytes(), samples.HEADERS[name][header]
    assert is_signed(signature, [samples.SECRET], body)
    assert is_signed(signature, ["new", samples.SECRET], body)
    assert not is_signed(signature, [samples.SECRET], body + b"\n")
    assert not is_signed(signature, [samples.SECRET], body.replace(b"EUR", b"USD", 1))
    assert not is_signed(signature, ["another"], body)


@pytest.mark.parametrize("signature", ["", "x", "\udcff", "9sYHcP5Gch8yf+kCJtJzvSMbjwuzJCMSqe9zd5Jjim4", "ä" * 44])
def test_is_signed_nonsense_is_refused(signature):
    assert not is_signed(signature, [samples.SECRET], samples.SHOPIFY_ORDER)


def test_sign_is_hmac_sha256_in_base64():
    # RFC 4231, test case 2
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert b64decode(sign("Jefe", b"what do ya want for nothing?")).hex() == expected
