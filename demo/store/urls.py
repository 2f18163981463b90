"""The demo store's pages."""

from django.urls import path

from demo.store.views import browsing, cart, checkout, visitor

app_name = "demo_store"
urlpatterns = [
    path("", browsing.products, name="products"),
    path("products/<slug:sku>/", browsing.product, name="product"),
    path("pictures/<slug:sku>.svg", browsing.picture, name="picture"),
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="add"),
    path("cart/change/", cart.change, name="change"),
    path("cart/accept/", cart.accept, name="accept"),
    path("cart/from-message/", cart.accept_from_message, name="accept_from_message"),
    path("cart/undo/", cart.undo, name="undo"),
    path("cart/remove-offer/", cart.remove_offer, name="remove_offer"),
    path("shipping/", checkout.shipping, name="shipping"),
    path("payment/", checkout.payment, name="payment"),
    path("orders/<slug:number>/", checkout.confirmation, name="confirmation"),
    path("orders/<slug:number>/accept/", checkout.accept_afterwards, name="accept_afterwards"),
    path("orders/<slug:number>/undo/", checkout.undo_afterwards, name="undo_afterwards"),
    path("visitor/", visitor.visitor, name="visitor"),
    path("visitor/new/", visitor.new_visitor, name="new_visitor"),
]
