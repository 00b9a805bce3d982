#!/usr/bin/env python3
"""nights.py COMPANY NIGHTS FOLDER - what happens in a company, day by day.

COMPANY has a line "ENTITY ID" for each row there is.  Writes FOLDER/NNN, the requests
to the simulator's /sim/change for each day from 1 to NIGHTS, a line each: 200 changes.
FOLDER/000 is what is deleted before the first load: it appears later, as new rows.  Prints
"deleted ENTITY ID" for each row that is deleted in the end, and "changed DAY ENTITY" for
each entity with a change on that day.
"""
import collections
import random
import sys

CHANGES = 200
# Of a day's changes, by entity; the rest are in one of SELDOM.
DAILY = {"Invoice": 60, "Payment": 40, "Purchase": 28, "Bill": 20,
         "SalesReceipt": 16, "Customer": 12, "JournalEntry": 6, "Deposit": 5,
         "Item": 5, "Vendor": 3, "Estimate": 2, "TimeActivity": 2}
SELDOM = ["Account", "Employee", "Class", "Term", "Department", "Transfer",
          "CreditMemo", "VendorCredit", "PurchaseOrder", "RefundReceipt"]
NEW = {"Invoice": 4, "Payment": 3, "Purchase": 1}       # of these, added
DELETED = ["Invoice", "Payment", "Purchase", "Bill"]    # in turn
DELETIONS = {1: 2, 4: 1}                                # by day of the week


class Company:
    """Which rows there are, and which are not."""

    def __init__(self, lines, days):
        self.random = random.Random(7)
        self.rows = collections.defaultdict(list)
        self.gone = []
        for line in lines:
            entity, row = line.split()
            self.rows[entity].append(row)
        for rows in self.rows.values():
            self.random.shuffle(rows)
        self.later = {entity: [self.rows[entity].pop()
                               for _ in range(days * number)]
                      for entity, number in NEW.items()}

    def pick(self, entity, number):
        rows = self.rows[entity]
        return self.random.sample(rows, min(number, len(rows)))

    def day(self, number):
        """What is done on that day: entity, deed, and the rows."""
        deeds = []
        left = CHANGES
        count = DELETIONS.get(number % 7, 0)
        if count:
            entity = DELETED[number // 3 % len(DELETED)]
            rows = [self.rows[entity].pop() for _ in range(count)]
            self.gone += [(entity, row) for row in rows]
            deeds.append((entity, "delete", rows))
            left -= count
        for entity, count in DAILY.items():
            new = [self.later[entity].pop() for _ in range(NEW.get(entity, 0))]
            edited = self.pick(entity, count - len(new))
            if edited:
                deeds.append((entity, "edit", edited))
            if new:
                deeds.append((entity, "return", new))
                self.rows[entity] += new
            left -= len(new) + len(edited)
        entity = self.random.choice(SELDOM)
        deeds.append((entity, "edit", self.pick(entity, max(left, 1))))
        return deeds


def write(folder, number, deeds, when=""):
    with open("%s/%03d" % (folder, number), "w", encoding="ascii") as to:
        for entity, do, rows in deeds:
            to.write("entity=%s&do=%s&id=%s%s\n" %
                     (entity, do, ",".join(rows), when))


def main():
    company, days, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(company, encoding="ascii") as lines:
        company = Company(lines, days)
    write(folder, 0, [(entity, "delete", rows)
                      for entity, rows in company.later.items()],
          "&at=2025-06-01T00:00:00Z")
    for number in range(1, days + 1):
        deeds = company.day(number)
        write(folder, number, deeds)
        for entity in sorted({entity for entity, _, _ in deeds}):
            print("changed", number, entity)
    for entity, row in company.gone:
        print("deleted", entity, row)


if __name__ == "__main__":
    main()
