"""One customer, one key; and nothing in it that tells who it is."""

from experiments.customer_keys import address_digest, customer_key


def test_customer_key_of_the_shops_id_goes_before_the_address():
    assert customer_key(1, customer_id="77", address="ada@shop.example") == "i_77"
    assert len(customer_key(1, customer_id="9" * 64)) <= 62


def test_guests_key_is_the_same_for_one_address_and_differs_between_stores(settings):
    settings.ADDRESS_DIGEST_KEY = "k"
    key = customer_key(1, address="Ada@Shop.example ")
    assert key == customer_key(1, address="ada@shop.example")
    assert key != customer_key(2, address="ada@shop.example")
    assert "ada" not in key
    assert len(key) == 34


def test_guest_without_address_or_key_to_hash_with_has_none(settings):
    settings.ADDRESS_DIGEST_KEY = ""
    assert customer_key(1, address="ada@shop.example") == ""
    settings.ADDRESS_DIGEST_KEY = "k"
    assert customer_key(1, address="  ") == ""
    # known value, worked out with openssl: printf '1:ada@shop.example' | openssl dgst -sha256 -hmac k
    assert address_digest(1, "ada@shop.example") == "0361ba5cdf36558c53c9d6bd91fa26c0c64de16d8ac8f494c932e398f3aadb9d"
