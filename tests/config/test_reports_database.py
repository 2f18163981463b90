import pytest
from django.core.exceptions import ImproperlyConfigured

from config.reports_database import reports_database


def test_reports_database_is_read_only_and_keeps_what_the_address_asks_for():
    database = reports_database(
        "postgres://reader:secret@replica:5433/shop?sslmode=require&options=-c%20work_mem%3D64MB"
    )
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("replica", 5433, "shop")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["options"] == "-c work_mem=64MB -c default_transaction_read_only=on"
    assert database["OPTIONS"]["connect_timeout"] == 3


@pytest.mark.parametrize("url", ["sqlite:///reports.db", "mysql://reader@replica/shop"])
def test_reports_database_of_another_kind_is_refused_by_the_name_of_the_setting(url):
    with pytest.raises(ImproperlyConfigured, match="REPORTS_DATABASE_URL must name a PostgreSQL replica"):
        reports_database(url)
