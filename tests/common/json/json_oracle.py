"""Another reader of JSON, for json_test: which changes of one byte are JSON?

For each byte of the file argv[1], and each of the 256 values in its place,
print 1 or 0.  Python's json is strict once it may not take NaN, and once the
text is decoded before (it guesses at UTF-16 and UTF-32 otherwise).
"""
import json
import sys


def refuse(word):
    raise ValueError(word)


def holds(text):
    try:
        json.loads(text.decode("utf-8"), parse_constant=refuse,
                   parse_int=str, parse_float=str)
    except ValueError:
        return False
    return True


with open(sys.argv[1], "rb") as file:
    document = bytearray(file.read())
for place, was in enumerate(document):
    line = bytearray()
    for byte in range(256):
        document[place] = byte
        line.append(ord("1" if holds(document) else "0"))
    document[place] = was
    sys.stdout.write(line.decode() + "\n")
