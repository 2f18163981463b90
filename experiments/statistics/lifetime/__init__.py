"""What customers will still buy and spend: how often they order, until they leave, and what their orders are worth."""

from experiments.statistics.lifetime.forecast import Forecast, GroupedCustomers, forecast
from experiments.statistics.lifetime.purchasing import Histories, PurchaseModel, fit_purchases
from experiments.statistics.lifetime.spending import Spending, SpendingModel, fit_spending

__all__ = [
    "Forecast",
    "GroupedCustomers",
    "Histories",
    "PurchaseModel",
    "Spending",
    "SpendingModel",
    "fit_purchases",
    "fit_spending",
    "forecast",
]
