"""Read the simulator with python-quickbooks and intuit-oauth.

Prints what it saw as "name value" lines; foreign-client.t holds them against
what the simulator has.  The clients are used as their own documentation says;
only the addresses are the simulator's.
"""
import os
import sys

from intuitlib.client import AuthClient
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.customer import Customer
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.recurringtransaction import RecurringTransaction
from quickbooks.objects.taxcode import TaxCode

URL = os.environ["QBO_API_URL"]
PAGE = 1000
ALL = "Active IN (true, false)"


def say(name, value):
    print(name, value)


def new_auth(refresh_token):
    return AuthClient(
        os.environ["QBO_CLIENT_ID"],
        os.environ["QBO_CLIENT_SECRET"],
        "http://localhost/callback",
        URL + "/.well-known/openid_sandbox_configuration",
        refresh_token=refresh_token,
    )


def connect(auth):
    QuickBooks.api_url_v3 = URL + "/v3"
    return QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=os.environ["QBO_REALM_ID"],
        minorversion=75,
        use_decimal=True,
    )


def read_all(kind, where, order, client):
    rows, start = [], 1
    while True:
        page = kind.where(where, order_by=order, start_position=start,
                          max_results=PAGE, qb=client)
        if not page:
            return rows
        rows += page
        start += len(page)


def try_tokens():
    first = os.environ["QBO_REFRESH_TOKEN"]
    auth = new_auth(first)
    client = connect(auth)
    say("rotated", auth.refresh_token != first)
    say("expires_in", auth.expires_in)
    auth.refresh()
    try:
        new_auth(first).refresh()
        say("old_token", "taken")
    except AuthClientError as error:
        say("old_token", error.status_code)
    return auth, client


def try_rows(client):
    say("customer_count", Customer.count(qb=client))
    say("customer_count_all", Customer.count(ALL, qb=client))
    say("invoice_count", Invoice.count(qb=client))
    say("item_count_all", Item.count(ALL, qb=client))

    customers = read_all(Customer, ALL, "MetaData.LastUpdatedTime", client)
    say("customers", len(customers))
    say("customer_ids", len({c.Id for c in customers}))
    inactive = [c for c in customers if not c.Active]
    say("customers_inactive", len(inactive))
    say("renamed", all("(deleted)" in c.DisplayName for c in inactive))
    names = [c.DisplayName for c in Customer.all(max_results=PAGE, qb=client)]
    say("customers_by_default", len(names))
    say("by_name", names == sorted(names))

    invoices = read_all(Invoice, "", "MetaData.LastUpdatedTime", client)
    say("invoices", len(invoices))
    say("invoice_ids", len({i.Id for i in invoices}))
    say("invoice_cents", sum(int(i.TotalAmt * 100) for i in invoices))
    one = Invoice.get(invoices[-1].Id, qb=client)
    say("same_by_id", one.to_json() == invoices[-1].to_json())
    quoted = customers[0].DisplayName.replace("'", "\\'")
    say("by_display_name",
        len(Customer.where(f"DisplayName = '{quoted}' AND {ALL}", qb=client)))
    say("company", CompanyInfo.get("1", qb=client).CompanyName)


def inner(row):
    """The one object in the wrapping of a recurring transaction."""
    found = [getattr(row, name) for name in row.class_dict
             if hasattr(row, name)]
    return found[0] if len(found) == 1 else None


def try_recurring(client):
    rows = read_all(RecurringTransaction, "", "MetaData.LastUpdatedTime",
                    client)
    inside = [inner(row) for row in rows]
    say("recurring_count", RecurringTransaction.count(qb=client))
    say("recurring", len(rows))
    say("recurring_ids", len({row.Id for row in inside}))
    say("recurring_types", len({type(row).__name__ for row in inside}))
    say("recurring_named", all(row.RecurringInfo.Name and
                               row.RecurringInfo.ScheduleInfo.NextDate
                               for row in inside))
    one = RecurringTransaction.get(inside[0].Id, qb=client)
    say("recurring_by_id", inner(one).to_json() == inside[0].to_json())


def try_shapes(client):
    try_recurring(client)
    prefs = Preferences.get(qb=client)
    say("preferences", prefs.Id)
    say("currencies_enabled", prefs.CurrencyPrefs.MultiCurrencyEnabled)
    company = CompanyInfo.all(qb=client)
    say("companies", len(company))
    say("country", company[0].Country)

    codes = [c.Code for c in CompanyCurrency.where(ALL, qb=client)]
    say("currencies", len(set(codes)))
    listed = ", ".join(f"'{code}'" for code in codes)
    rates = ExchangeRate.where(
        f"SourceCurrencyCode in ({listed}) and AsOfDate = '2024-01-31'",
        qb=client)
    say("rates", len(rates))
    say("rate_codes", {r.SourceCurrencyCode for r in rates} == set(codes))
    say("rate_sum", sum(r.Rate for r in rates))

    taxes = TaxCode.all(max_results=PAGE, qb=client)
    say("tax_codes", len(taxes))
    say("pseudo_codes", ",".join(t.Id for t in taxes if not t.Id.isdigit()))
    say("tax_codes_filtered", TaxCode.count(ALL, qb=client))
    say("tax_code_by_id", TaxCode.get("NON", qb=client).Taxable)
    params = {"include": "enhancedAllCustomFields"}
    first = Customer.all(max_results=1, qb=client)[0].Id
    fields = [len(getattr(Customer.get(first, qb=client, params=p),
                          "CustomField", None) or [])
              for p in (None, params)]
    say("custom_fields", fields)


def try_faults(client):
    for name, statement in (("fault_entity", "select * from Custmoer"),
                            ("fault_parse", "select * from NULL"),
                            ("fault_size",
                             "select * from Item maxresults 1001"),
                            ("fault_absent", "select * from Budget")):
        try:
            client.query(statement)
            say(name, "none")
        except QuickbooksException as error:
            say(name, error.error_code)


def main():
    auth, client = try_tokens()
    try_rows(client)
    try_shapes(client)
    try_faults(client)
    say("revoked", auth.revoke(token=auth.refresh_token))
    return 0


if __name__ == "__main__":
    sys.exit(main())
