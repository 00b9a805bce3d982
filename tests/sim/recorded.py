"""Hold generated rows against bodies that a QuickBooks sandbox sent.

recorded.py FOLDER ENTITY <rows: says what is unlike, a line each.  Members,
their order and kinds, and the forms of number texts are those of the recorded
rows; sizes lie between theirs.
"""
import json
import re
import sys

FILES = {
    "Customer": ["query_customer_all_41.json"],
    "Vendor": ["query_vendor_active_and_inactive_27.json"],
    "Item": ["query_item_19.json"],
    "Account": ["read_account_inactive.json"],
    "SalesReceipt": ["query_salesreceipt_4.json", "cdc_estimate.json"],
    "Estimate": ["cdc_estimate.json", "query_salesreceipt_4.json"],
    # one invoice was recorded: what its lines may hold the others show
    "Invoice": ["read_invoice.json", "void_invoice_response.json",
                "query_salesreceipt_4.json", "cdc_estimate.json"],
}
NAMES = "Customer Vendor Item Account SalesReceipt Estimate Invoice".split()
STRING = re.compile(r'"(?:\\.|[^"\\])*"')


class Number(str):
    """A number as it was written."""


def read(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def find_rows(value):
    """Every row in an envelope, whatever the envelope."""
    if isinstance(value, list):
        for element in value:
            yield from find_rows(element)
    elif isinstance(value, dict) and "MetaData" in value:
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from find_rows(member)


class Shape:
    def __init__(self):
        self.kinds, self.always, self.before, self.numbers = {}, {}, set(), {}
        self.objects = {}

    def add(self, value, path=""):
        kind = "number" if isinstance(value, Number) else type(value).__name__
        self.kinds.setdefault(path, set()).add(kind)
        if kind == "number":
            self.numbers.setdefault(path, set()).add(str(value))
        elif kind == "list":
            for element in value:
                self.add(element, path + "[]")
        elif kind == "dict":
            keys = list(value)
            self.objects[path] = self.objects.get(path, 0) + 1
            for i, key in enumerate(keys):
                inner = path + "." + key
                self.always[inner] = self.always.get(inner, 0) + 1
                self.before |= {(path, key, k) for k in keys[i + 1:]}
                self.add(value[key], inner)

    def is_money(self, path):
        other = {n for n in self.numbers[path] if n != "0"}
        return other and all(re.fullmatch(r"\d+\.\d\d", n) for n in other)


def unlike(known, first, made):
    for path, kinds in made.kinds.items():
        if path not in known.kinds:
            yield f"{path} is not in recorded rows"
        elif kinds - known.kinds[path]:
            yield f"{path} is {kinds}, recorded {known.kinds[path]}"
    for path, count in first.always.items():
        parent = path.rpartition(".")[0]
        if (count == first.objects[parent] and parent in made.objects and
                made.always.get(path, 0) < made.objects[parent]):
            yield f"{path} is missing in some rows"
    for path, key, later in made.before:
        if (path, later, key) in known.before and \
                (path, key, later) not in known.before:
            yield f"{path}: {key} comes before {later}"
    for path, texts in made.numbers.items():
        form = (r"0|[1-9]\d*\.\d\d|0\.\d\d" if known.is_money(path)
                else r"0|[1-9]\d*(\.\d+)?|0\.\d+")
        for text in texts:
            if path in known.numbers and not re.fullmatch(form, text):
                yield f"{path}: {text} is no such number"
            if not known.is_money(path) and re.search(r"\.\d*0$", text) and \
                    any(n != "0" for n in known.numbers.get(path, ())):
                yield f"{path}: {text} is not minimal"


def main():
    folder, entity = sys.argv[1:]
    known, first, made = Shape(), Shape(), Shape()
    sizes = []
    for i, name in enumerate(FILES[entity]):
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            for row in find_rows(read(file.read())):
                known.add(row)
                if i == 0:
                    first.add(row)
                sizes.append(len(json.dumps(row, separators=(",", ":"))))
    for line in sys.stdin:
        row = read(line)
        made.add(row)
        if re.search(r"\s", STRING.sub("", line.strip())):
            print("white space between tokens")
        # texts in other scripts are longer than the recorded ones
        if not min(sizes) * 0.7 < len(line) < max(sizes) * 1.6:
            print(f"{len(line)} bytes, recorded {min(sizes)} to {max(sizes)}")
    for difference in sorted(set(unlike(known, first, made))):
        print(difference)


main()
