"""The bands of cart values that reports can be cut by: 0, 10, 20, 50, 100 and so on, in a currency's usual amounts."""

from experiments.money import decimals

# Twelve, as a report shows twelve values of a dimension.
BOUNDS = (0, 10, 20, 50, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000)
# What a euro is about, in currencies of which a cart has hundreds or thousands: a band must not hold every cart.
SCALES = {
    **dict.fromkeys(("CZK", "DKK", "NOK", "SEK", "ZAR", "MXN", "TRY", "CNY", "HKD", "BRL", "PLN", "ILS"), 10),
    **dict.fromkeys(("JPY", "INR", "RUB", "THB", "PHP", "TWD", "ISK", "KES", "RSD", "PKR", "EGP"), 100),
    **dict.fromkeys(("HUF", "KZT", "CLP", "KRW", "NGN", "ARS"), 500),
    **dict.fromkeys(("COP", "PYG", "UGX"), 4_000),
    **dict.fromkeys(("IDR", "VND", "LAK", "IRR"), 20_000),
}


def lower_bounds(currency: str) -> list[int]:
    """Return where each band begins, in minor units; the last has no end."""
    unit = SCALES.get(currency, 1) * 10 ** decimals(currency)
    return [bound * unit for bound in BOUNDS]


def band_ends(lower_minor: int, currency: str) -> tuple[int, int | None]:
    """Return where the band that begins so begins and ends, in minor units; None where it has no end."""
    bounds = lower_bounds(currency)
    later = [bound for bound in bounds if bound > lower_minor]
    return lower_minor, next(iter(later), None)
