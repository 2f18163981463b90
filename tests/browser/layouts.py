"""The content of one widget of each layout, as the edge sends it; pictures come from the stub's edge."""

from typing import Any

from tests.browser.stub import content, euros


def item(edge_url: str, title: str, minor: int, *, quantity: int = 1, before: int | None = None) -> dict[str, Any]:
    return {
        "sku": title,
        "title": title,
        "quantity": quantity,
        "image_url": f"{edge_url}/images/{len(title)}.svg",
        "price": euros(minor),
        "compare_at": euros(before) if before else None,
    }


def tier(quantity: int, minor: int, saving: str) -> dict[str, Any]:
    price = euros(minor)
    return {
        "quantity": quantity,
        "price": price,
        "unit_price_text": f"€{minor / 100 / quantity:.2f} each",
        "saving_text": saving,
        "accept_label": f"Add {quantity} for {price['text']}",
    }


def of(layout: str, edge_url: str, **fields: Any) -> dict[str, Any]:
    """The content of a widget of this layout, with every field that it can show."""
    balm = item(edge_url, "Leather care balm, 75 ml", 990, before=1250)
    every = {
        "layout": layout,
        "items": [balm],
        "body": "Made in small batches.",
        "proof": "Bought with these boots 214 times this month.",
        "stock_text": "Only 3 left",
        "deadline_at": "2099-11-29T22:59:00Z",
        "deadline_text": "Until Sunday, 29 November, 23:59",
        "terms_url": "https://shop.example/terms",
        "terms_label": "Terms of the offer",
    }
    special: dict[str, dict[str, Any]] = {
        "line": {"items": [balm | {"image_url": None}]},
        "bump": {
            "headline": "2 years of accident cover",
            "reason": "Repairs or replaces your headphones after drops and spills.",
            "items": [item(edge_url, "2 years of accident cover", 1499)],
            "price": euros(1499),
            "compare_at": None,
            "saving_text": "",
            "accept_label": "Add 2 years of accident cover for €14.99",
        },
        "bundle": {
            "headline": "Tea for two",
            "items": [
                item(edge_url, "Teapot", 3000, before=3500),
                item(edge_url, "Tea cup", 1800, quantity=2, before=2400),
            ],
            "price": euros(4800),
            "compare_at": euros(5900),
            "saving_text": "you save €11.00",
            "accept_label": "Take the set for €48.00",
        },
        "comparison": {
            "headline": "Headphones Pro",
            "items": [item(edge_url, "Headphones Pro", 10900)],
            "comparison": {
                "columns": ["Standard, in cart", "Pro"],
                "rows": [
                    {"label": "Battery", "values": ["20 h", "38 h"]},
                    {"label": "Noise cancelling", "values": ["no", "yes"]},
                    {"label": "Price", "values": ["€79.00", "€109.00"]},
                ],
            },
            "price": euros(10900),
            "compare_at": None,
            "saving_text": "",
            "accept_label": "Switch for €109.00",
            "decline_label": "Keep Standard",
        },
        "quantity_break": {
            "headline": "Socks are cheaper together",
            "items": [item(edge_url, "Wool socks", 1200)],
            "price": euros(1200),
            "compare_at": None,
            "saving_text": "",
            "tiers": [tier(2, 2200, "you save €2.00"), tier(3, 3000, "you save €6.00")],
        },
        "free_shipping": {
            "headline": "Nearly there",
            "progress": {"share": 0.78, "text": "€11.00 to free shipping"},
            "items": [item(edge_url, "Wool socks", 1200)],
            "price": euros(1200),
            "compare_at": None,
            "saving_text": "",
            "accept_label": "Add for €12.00",
        },
    }
    return content(**every | special.get(layout, {}) | fields)


NAMES = ["card", "line", "bump", "bundle", "comparison", "quantity_break", "free_shipping", "dialog"]
