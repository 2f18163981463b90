"""What a store's pages, theme and servers need, with its own key and addresses filled in."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from experiments.models import Moment, Store

GUIDE = Path(settings.BASE_DIR) / "docs" / "any-other-shop.md"
QUEUE = "<script>window.upsell=window.upsell||function(){(upsell.q=upsell.q||[]).push(arguments)}</script>"
SNIPPET = """{queue}
<script async src="{address}" data-key="{key}"></script>"""
THEME = """{queue}
<script async src="{address}" data-key="{key}" data-consent="required"></script>
<script async src="{shopify}"></script>
<script async src="{consent}"></script>"""
SLOT = '<div data-upsell-slot="{moment}" style="min-height: 200px"></div>'
LIQUID = """<div data-upsell-slot="cart" style="min-height: 200px"></div>
<script>
  upsell('page', {
    cart: {
      currency: {{ cart.currency.iso_code | json }},
      total_minor: {{ cart.total_price }},
      items: [
        {%- for item in cart.items -%}
          {sku: {{ item.sku | default: item.variant_id | append: '' | json }}, quantity: {{ item.quantity }}, price_minor: {{ item.final_price }}},
        {%- endfor -%}
      ]
    },
    locale: {{ request.locale.iso_code | json }},
    visitor: {country: {{ localization.country.iso_code | json }}}
  })
</script>"""  # noqa: E501 -- as the theme has it
VISITOR = "<script>upsell('visitor', (id) => { document.querySelector('#visitor_id').value = id })</script>"
ORDER = """curl {address} -H "Authorization: Bearer $OFFERLIFT_SECRET_KEY" -d '{{
  "external_id": "1001", "visitor_id": "v_8f14e45fceea167a", "currency": "{currency}", "status": "paid",
  "placed_at": "2026-11-22T10:02:00Z", "updated_at": "2026-11-22T10:02:00Z",
  "subtotal_minor": 5000, "total_minor": 5000,
  "lines": [{{"sku": "23166", "quantity": 1, "price_minor": 5000}}]
}}'"""
DECIDE = "/v1/decide"


@dataclass(frozen=True)
class CodeToCopy:
    """The code for one store; ``moments`` are those at which a test runs."""

    request: HttpRequest
    store: Store
    moments: tuple[str, ...]

    def address(self, name: str, *args: str) -> str:
        """Return the full address of a page of the edge: of its own host, where ``EDGE_URL`` says which that is."""
        path = reverse(name, args=args)
        if settings.EDGE_URL:
            return f"{settings.EDGE_URL}{path}"
        return self.request.build_absolute_uri(path)

    def webhook_address(self, kind: str) -> str:
        """Return where a shop system delivers."""
        return self.address("webhook", kind, self.store.slug)

    @property
    def edge(self) -> str:
        """The address of the edge, as plugins ask for it."""
        return self.address("decide").removesuffix(DECIDE)

    @property
    def snippet(self) -> str:
        """What the store's pages carry."""
        return SNIPPET.format(queue=QUEUE, address=self.address("snippet", "upsell"), key=self.store.site_key)

    @property
    def theme(self) -> str:
        """What a Shopify theme carries in its head."""
        return THEME.format(
            queue=QUEUE,
            address=self.address("snippet", "upsell"),
            key=self.store.site_key,
            shopify=self.address("snippet", "shopify"),
            consent=self.address("snippet", "consent_shopify"),
        )

    @property
    def liquid(self) -> str:
        """What a Shopify theme's cart carries."""
        return LIQUID

    @property
    def slots(self) -> str:
        """The places of the offers that run, or of the cart's."""
        slots: dict[str, None] = {}  # several tests at a moment share its slot
        for moment in self.moments:
            if moment != Moment.EXIT_INTENT:  # it lies over the page
                slots[SLOT.format(moment=moment)] = None
        return "\n".join(slots or [SLOT.format(moment=Moment.CART.value)])

    @property
    def visitor(self) -> str:
        """How the visitor's id gets into the order."""
        return VISITOR

    @property
    def order_call(self) -> str:
        """How a server sends an order."""
        return ORDER.format(address=self.address("orders"), currency=self.store.currency)

    @property
    def guide(self) -> str:
        """The developer's guide to connecting any shop, about this store instead of an example."""
        text = GUIDE.read_text()
        for example, own in (("https://offers.example", self.edge), ("pk_...", self.store.site_key)):
            text = text.replace(example, own)
        return text
