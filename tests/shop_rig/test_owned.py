"""What a real shop's customers own: what its own analytics say, asked once, until their next order."""

from collections.abc import Iterator

import pytest

from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, page_in

MAKE = (
    "$user = wc_create_new_customer('owner'.wp_rand().'@example.com', '', 'a-long-password-9');"
    " if (is_wp_error($user)) { throw new Exception($user->get_error_message()); } return $user;"
)


@pytest.fixture
def customer(shop: Shop, edge: object) -> Iterator[int]:
    """A customer with an account and no order."""
    user: int = shop.php(MAKE)
    yield user
    shop.php(f"require_once ABSPATH.'wp-admin/includes/user.php'; wp_delete_user({user}); return 1;")


def place(shop: Shop, customer: int, product: int, status: str = "completed") -> int:
    """An order of one product, which WooCommerce's analytics have taken in."""
    order: int = shop.php(
        f"$order = wc_create_order(['customer_id' => {customer}]); $order->add_product(wc_get_product({product}));"
        f" $order->set_status('{status}'); $order->save();"
        " Automattic\\WooCommerce\\Internal\\Admin\\Schedulers\\OrdersScheduler::import($order->get_id());"
        " return $order->get_id();"
    )
    return order


def owned(shop: Shop, customer: int) -> tuple[list[str], int]:
    """What they own, and how many queries of the products' table it took."""
    found, queries = shop.php(
        f"wp_set_current_user({customer}); get_user_meta({customer}); global $wpdb; $before = $wpdb->num_queries;"
        " $owned = offerlift_owned(); return [$owned, $wpdb->num_queries - $before];"
    )
    return found, queries


def test_customer_owns_what_is_in_their_paid_orders_and_it_is_asked_once(shop, edge, products, customer):
    assert owned(shop, customer)[0] == []
    assert owned(shop, customer) == ([], 0)
    place(shop, customer, products["BOOTS"])
    found, queries = owned(shop, customer)
    assert found == ["BOOTS"]
    assert queries <= 4  # the question, and what WordPress does to keep the answer
    assert owned(shop, customer) == (["BOOTS"], 0)
    place(shop, customer, products["SHIRT-M"])
    place(shop, customer, products["NoSku"])
    place(shop, customer, products["TEA"], status="pending")
    assert set(owned(shop, customer)[0]) == {"BOOTS", "SHIRT-M", str(products["NoSku"])}


def test_order_that_is_refunded_is_owned_no_longer(shop, edge, products, customer):
    order = place(shop, customer, products["MUG"])
    assert owned(shop, customer)[0] == ["MUG"]
    shop.php(
        f"wc_create_refund(['order_id' => {order}, 'amount' => wc_get_order({order})->get_total()]);"
        f" Automattic\\WooCommerce\\Internal\\Admin\\Schedulers\\OrdersScheduler::import({order}); return 1;"
    )
    assert owned(shop, customer)[0] == []


def test_page_tells_what_whoever_is_logged_in_owns_and_nothing_of_a_guest(shop, edge, products, customer, visitor):
    place(shop, customer, products["BOOTS"])
    visitor.add(products["TEA"])
    assert "owned" not in page_in(visitor.page("/cart/")[1])["visitor"]
    with shop.mu_plugin("owner", f"add_filter('determine_current_user', fn() => {customer}, 100);"):
        customers = Visitor(shop)
        customers.add(products["TEA"])
        with shop.no_complaints():
            assert page_in(customers.page("/cart/")[1])["visitor"]["owned"] == ["BOOTS"]
