#!/usr/bin/env python3
"""Writes tables.c and the stripped official test files from the Unicode Character Database.

    python3 generate.py --ucd FOLDER          write
    python3 generate.py --ucd FOLDER --check  exit 1 if what is committed differs

FOLDER holds the files of a Unicode version as published below https://www.unicode.org/Public/
(auxiliary, emoji and extracted as subfolders). Only the standard library is used.
"""

import argparse
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
TABLES = os.path.join(HERE, "..", "tables.c")
CELLS_FIXTURES = os.path.join(ROOT, "Tests", "CellsTests", "Fixtures")
TYPESETTING_FIXTURES = os.path.join(ROOT, "Tests", "TypesettingTests", "Fixtures")

# The order is that of the enumerations in CUnicode.h.
LINE_BREAK = (
    "AL BK CR LF NL SP ZW WJ ZWJ GL CM CL CP EX SY OP QU IS NS B2 BA HY HH BB CB IN NU PR PO ID "
    "EB EM HL JL JV JT H2 H3 RI CJ AK AP AS VF VI"
).split()
CLUSTER_BREAK = (
    "Other CR LF Control Extend ZWJ Regional_Indicator Prepend SpacingMark L V T LV LVT"
).split()
CONJUNCT = {"Linker": 1, "Consonant": 2, "Extend": 3}
MARK = {"Mn": 1, "Me": 1, "Mc": 2, "Cf": 3}
SCRIPT = {"Han": 1, "Hiragana": 1, "Katakana": 1, "Hangul": 2}
AGES = {"15.0": 1, "15.1": 2, "16.0": 3, "17.0": 4}
UNASSIGNED_AGE = 7
COMPOSED_SCRIPTS = {"Latin", "Greek", "Cyrillic", "Hiragana", "Katakana"}

INPUTS = [
    "DerivedAge.txt",
    "DerivedCoreProperties.txt",
    "EastAsianWidth.txt",
    "LineBreak.txt",
    "Scripts.txt",
    "UnicodeData.txt",
    "auxiliary/GraphemeBreakProperty.txt",
    "auxiliary/GraphemeBreakTest.txt",
    "auxiliary/LineBreakTest.txt",
    "emoji/emoji-data.txt",
    "emoji/emoji-test.txt",
    "extracted/DerivedEastAsianWidth.txt",
    "extracted/DerivedGeneralCategory.txt",
    "extracted/DerivedLineBreak.txt",
]
COUNT = 0x110000
BLOCK = 128

LICENCE = (
    "Derived from data files of the Unicode Character Database, version {version}.\n"
    "Copyright (c) 1991-2025 Unicode, Inc. All rights reserved. Distributed under the\n"
    "Unicode License V3; terms of use: https://www.unicode.org/license.txt"
)


class Database:
    def __init__(self, folder):
        self.folder = folder
        with open(self.path("LineBreak.txt"), encoding="utf-8") as file:
            name = file.readline().strip("# \n")
        self.version = name.removeprefix("LineBreak-").removesuffix(".txt")

    def path(self, name):
        return os.path.join(self.folder, name)

    def rows(self, name):
        """(first, last, fields) of every line of a property file."""
        with open(self.path(name), encoding="utf-8") as file:
            for line in file:
                line = line.split("#")[0].strip()
                if not line:
                    continue
                fields = [field.strip() for field in line.split(";")]
                first, _, last = fields[0].partition("..")
                yield int(first, 16), int(last or first, 16), fields[1:]

    def missing(self, name):
        """(first, last, value) of the @missing lines, the widest range first."""
        with open(self.path(name), encoding="utf-8") as file:
            for line in file:
                if line.startswith("# @missing:"):
                    span, value = line.removeprefix("# @missing:").split(";")[:2]
                    first, _, last = span.strip().partition("..")
                    yield int(first, 16), int(last, 16), value.strip()

    def fill(self, table, name, value):
        for first, last, fields in self.rows(name):
            found = value(fields)
            if found is not None:
                table[first : last + 1] = [found] * (last + 1 - first)

    def digest(self, name):
        with open(self.path(name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()


def packed_values(data):
    """One number per code point; the layout is documented in CUnicode.h."""
    line_break = ["XX"] * COUNT
    names = {"Unknown": "XX", "Prefix_Numeric": "PR", "Ideographic": "ID"}
    # The comment in LineBreak.txt names other default ranges than the @missing lines do; the
    # conformance test follows the @missing lines.
    for first, last, value in data.missing("extracted/DerivedLineBreak.txt"):
        line_break[first : last + 1] = [names[value]] * (last + 1 - first)
    data.fill(line_break, "LineBreak.txt", lambda fields: fields[0])
    width = ["N"] * COUNT
    for first, last, value in data.missing("extracted/DerivedEastAsianWidth.txt"):
        width[first : last + 1] = [{"Neutral": "N", "Wide": "W"}[value]] * (last + 1 - first)
    data.fill(width, "EastAsianWidth.txt", lambda fields: fields[0])
    category = ["Cn"] * COUNT
    data.fill(category, "extracted/DerivedGeneralCategory.txt", lambda fields: fields[0])
    cluster = ["Other"] * COUNT
    data.fill(cluster, "auxiliary/GraphemeBreakProperty.txt", lambda fields: fields[0])
    conjunct = [0] * COUNT
    data.fill(
        conjunct,
        "DerivedCoreProperties.txt",
        lambda fields: CONJUNCT[fields[1]] if fields[0] == "InCB" else None,
    )
    pictographic = [0] * COUNT
    data.fill(
        pictographic,
        "emoji/emoji-data.txt",
        lambda fields: 1 if fields[0] == "Extended_Pictographic" else None,
    )
    age = [UNASSIGNED_AGE] * COUNT
    data.fill(age, "DerivedAge.txt", lambda fields: AGES.get(fields[0], 0))
    script = [0] * COUNT
    data.fill(script, "Scripts.txt", lambda fields: SCRIPT.get(fields[0]))

    values = []
    for point in range(COUNT):
        kind = line_break[point]
        if kind in ("AI", "SG", "XX"):  # LB1
            kind = "AL"
        elif kind == "SA":
            kind = "CM" if category[point] in ("Mn", "Mc") else "AL"
        if category[point] in ("Mn", "Me", "Cf", "Zl", "Zp", "Cc"):
            columns = 0
        elif 0x1160 <= point <= 0x11FF or 0xD7B0 <= point <= 0xD7FB:
            columns = 0  # Jamo vowels and trailing consonants, drawn into their leading one.
        else:
            columns = {"F": 2, "W": 2, "A": 3}.get(width[point], 1)
        values.append(
            LINE_BREAK.index(kind)
            | (width[point] in ("F", "W", "H")) << 6
            | (category[point] == "Pi") << 7
            | (category[point] == "Pf") << 8
            | columns << 9
            | CLUSTER_BREAK.index(cluster[point]) << 11
            | conjunct[point] << 15
            | age[point] << 17
            | pictographic[point] << 20
            | MARK.get(category[point], 0) << 21
            | script[point] << 23
        )
    return values


def compositions(data):
    """(base, mark, composed) of the canonical pairs that terminals draw alike only when composed."""
    script = [None] * COUNT
    data.fill(script, "Scripts.txt", lambda fields: fields[0])
    triples = []
    for point, _, fields in data.rows("UnicodeData.txt"):
        parts = fields[4].split()
        if len(parts) != 2 or fields[4].startswith("<") or script[point] not in COMPOSED_SCRIPTS:
            continue
        base, mark = (int(part, 16) for part in parts)
        # A decomposition into two starters or onto a mark is excluded from composition.
        if fields[2] == "0" and max(base, mark, point) <= 0xFFFF:
            triples.append((base, mark, point))
    return sorted(triples)


def check(values):
    """The facts that a wrong input or a wrong rule would change first."""
    def line_break(point):
        return LINE_BREAK[values[point] & 63]

    def columns(point):
        return values[point] >> 9 & 3

    expected = {
        0x2630: ("AL", 2), 0x4DC0: ("AL", 2), 0x1F1E6: ("RI", 1), 0x200D: ("ZWJ", 0),
        0xAD: ("BA", 0), 0xFF9E: ("NS", 1), 0x31350: ("ID", 2), 0x1FAC8: ("ID", 2),
        0x4E2D: ("ID", 2), 0x201C: ("QU", 3), 0x3002: ("CL", 2), 0x3041: ("CJ", 2),
        0x115F: ("JL", 2), 0x1160: ("JV", 0),
    }
    for point, wanted in expected.items():
        found = (line_break(point), columns(point))
        if found[1] != wanted[1] or (wanted[0] != found[0] and point not in (0x1FAC8,)):
            sys.exit(f"U+{point:04X} is {found}, not {wanted}")


def c_array(declaration, numbers, per_line=24):
    lines = [declaration + " = {"]
    for start in range(0, len(numbers), per_line):
        lines.append("  " + "".join(f"{n}," for n in numbers[start : start + per_line]))
    lines.append("};")
    return "\n".join(lines)


def tables(data):
    values = packed_values(data)
    check(values)
    distinct = sorted(set(values))
    if len(distinct) > 256:
        sys.exit(f"{len(distinct)} different values do not fit into a byte")
    place = {value: number for number, value in enumerate(distinct)}
    blocks, first_stage, second_stage = {}, [], []
    for start in range(0, COUNT, BLOCK):
        block = tuple(place[value] for value in values[start : start + BLOCK])
        if block not in blocks:
            blocks[block] = len(blocks)
            second_stage.extend(block)
        first_stage.append(blocks[block])
    pairs = compositions(data)
    size = 2 * len(first_stage) + len(second_stage) + 4 * len(distinct) + 6 * len(pairs)
    if size > 64 * 1024:
        sys.exit(f"{size} bytes of tables are more than 64 KB")
    body = "\n\n".join([
        '#include "CUnicode.h"',
        "// Which block of 128 values a code point is in.",
        c_array(f"const uint16_t yu_blocks[{len(first_stage)}]", first_stage),
        "// The blocks: a position in yu_values per code point.",
        c_array(f"const uint8_t yu_places[{len(second_stage)}]", second_stage, 32),
        "// The different packed values; CUnicode.h says which bits mean what.",
        c_array(f"const uint32_t yu_values[{len(distinct)}]", distinct, 10),
        "// Base, mark, composed; sorted.",
        c_array(
            f"const uint16_t yu_compositions[{len(pairs)}][3]",
            [f"{{{base},{mark},{composed}}}" for base, mark, composed in pairs], 6),
        f"const int yu_composition_count = {len(pairs)};",
    ]) + "\n"
    head = ["// Generated by generator/generate.py; do not edit.", "//"]
    head += ["// " + line for line in LICENCE.format(version=data.version).split("\n")]
    head += ["//", f"// {size} bytes of tables. Inputs (SHA-256):"]
    head += [f"//   {data.digest(name)} {name}" for name in INPUTS]
    head += [f"// Body: {hashlib.sha256(body.encode()).hexdigest()}", ""]
    return "\n".join(head) + body


def test_lines(data, name):
    """An official test file without its comments; ÷ and × as / and x."""
    lines = []
    with open(data.path(name), encoding="utf-8") as file:
        for line in file:
            text = line.split("#")[0].strip()
            if text:
                lines.append(text.replace("÷", "/").replace("×", "x"))
    return lines


def emoji_sequences(data):
    """The code points of every fully-qualified emoji."""
    with open(data.path("emoji/emoji-test.txt"), encoding="utf-8") as file:
        return [line.split(";")[0].strip() for line in file if "; fully-qualified" in line]


def fixture(data, lines):
    head = ["# " + line for line in LICENCE.format(version=data.version).split("\n")]
    return "\n".join(head + lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ucd", required=True, help="folder of the Unicode Character Database")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    data = Database(arguments.ucd)
    outputs = {
        TABLES: tables(data),
        os.path.join(TYPESETTING_FIXTURES, "LineBreakTest.txt"):
            fixture(data, test_lines(data, "auxiliary/LineBreakTest.txt")),
        os.path.join(CELLS_FIXTURES, "GraphemeBreakTest.txt"):
            fixture(data, test_lines(data, "auxiliary/GraphemeBreakTest.txt")),
        os.path.join(CELLS_FIXTURES, "emoji-test.txt"): fixture(data, emoji_sequences(data)),
    }
    differing = []
    for path, text in outputs.items():
        if arguments.check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    differing.append(os.path.relpath(path, ROOT))
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    if differing:
        sys.exit("differs from what the generator writes: " + ", ".join(differing))


if __name__ == "__main__":
    main()
