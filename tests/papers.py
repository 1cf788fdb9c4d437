#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""papers: what is soldered, drawn, bought and told to the kernel is what the example settings name.

papers.py ROOT
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

# The 40-pin header: BCM number to pin. The same on every board that has it.
HEADER = {2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22,
          11: 23, 8: 24, 7: 26, 0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40}
PULL = {"none": 0, "down": 1, "up": 2}
COLUMNS = ["function", "setting", "line", "pin", "direction", "bias", "active", "what is soldered"]
BOM = ["part", "what", "class_a", "class_b", "for", "rating"]

wrong = []


def check(true, what):
    if not true:
        wrong.append(what)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return f.read()


def cells(line):
    return [c.strip() for c in line.strip().strip("|").split("|")]


def pins_of(text):
    """The rows of the table of lines, as dictionaries."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if cells(line) == COLUMNS), None)
    if start is None:
        sys.exit("papers: pins.md has no table with the columns " + ", ".join(COLUMNS))
    rows = []
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(COLUMNS, cells(line))))
    return rows


def settings_of(text):
    """The gpio object; (as it is, with the optional lines taken out of their comments)."""
    full = re.sub(r'^(\s*)// ("\w+": .*,)$', r"\1\2", text, flags=re.M)
    return [json.loads(re.sub(r"^\s*//.*$", "", t, flags=re.M))["gpio"] for t in (text, full)]


def named(gpio):
    """setting -> (line, active level)"""
    out = {}
    for key, value in gpio.items():
        if key == "heartbeats":
            out.update({f"gpio.heartbeats[{i}]": (name, "high") for i, name in enumerate(value)})
        elif isinstance(value, str):
            out["gpio." + key] = (value, "low" if gpio.get(key + "_active_low") else "high")
    return out


def check_pins(rows):
    for column in ("line", "pin"):
        have = [r[column] for r in rows]
        check(len(have) == len(set(have)), f"pins.md: a {column} stands there twice")
    for r in rows:
        m = re.fullmatch(r"GPIO(\d+)", r["line"])
        check(m, f"pins.md: {r['line']} is no line name")
        check(m and HEADER.get(int(m[1])) == int(r["pin"]), f"pins.md: {r['line']} is not on pin {r['pin']}")
        check(r["direction"] in ("in", "out", "i2c"), f"pins.md: {r['line']}: direction {r['direction']}")
        if r["direction"] != "i2c":
            # What hw/gpio_v1.c and gpio_v2.c ask for: a wire that is cut reads "off".
            check((r["active"], r["bias"]) in (("high", "down"), ("low", "up")),
                  f"pins.md: {r['line']}: active {r['active']} with bias {r['bias']} reads \"on\" when the wire breaks")


def check_settings(rows, plain, full):
    for setting, (line, level) in named(full).items():
        r = next((r for r in rows if r["setting"].strip("`") == setting), None)
        if r is None:
            check(False, f"example.jsonc: {setting} is not in pins.md")
            continue
        check(r["line"] == line, f"{setting}: {line} in example.jsonc, {r['line']} in pins.md")
        check(r["active"] == level, f"{setting}: active {level} in example.jsonc, {r['active']} in pins.md")
        word = re.match(r"gpio\.([a-z]+?)(s\[|$)", setting)[1]
        check(r["function"].lower().startswith(word), f"pins.md: {setting} is called \"{r['function']}\"")
    for r in rows:
        setting = r["setting"].strip("`")
        check(setting == "-" or setting in named(full), f"pins.md: {setting} is not in example.jsonc, not even as a comment")
    check("relay" not in plain, "example.jsonc: a relay is off by default")
    check({"mains", "light", "button"} <= set(plain), "example.jsonc: mains, light and button are real lines")


def check_overlay(root, rows):
    with tempfile.TemporaryDirectory() as d:
        blob = os.path.join(d, "matsang.dtbo")
        made = subprocess.run(["dtc", "-@", "-I", "dts", "-O", "dtb", "-o", blob, os.path.join(root, "hw/overlay.dts")],
                              capture_output=True, text=True)
        check(made.returncode == 0 and not made.stderr, f"overlay.dts: dtc says: {made.stderr.strip()}")
        if made.returncode != 0:
            return
        get = lambda node, name, kind: subprocess.run(["fdtget", "-t", kind, blob, node, name], check=True,
                                                      capture_output=True, text=True).stdout.split()
        pins = get("/fragment@0/__overlay__/matsang_pins", "brcm,pins", "u")
        pulls = get("/fragment@0/__overlay__/matsang_pins", "brcm,pull", "u")
        gauge = get("/fragment@1/__overlay__/fuel-gauge@36", "compatible", "s")
    check(len(pins) == len(pulls), "overlay.dts: as many pulls as pins")
    want = {int(r["line"][4:]): PULL[r["bias"]] for r in rows if r["direction"] != "i2c"}
    check(dict(zip(map(int, pins), map(int, pulls))) == want, "overlay.dts: pins and pulls are not those of pins.md")
    check(gauge == ["maxim,max17040"], "overlay.dts: the fuel gauge")
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", read(root, "hw/overlay.dts"), flags=re.S)
    check(not re.search(r"gpiochip|i2c-\d|/dev/|target-path", text), "overlay.dts: names something that Linux numbers")


def check_drawing(root, rows, parts):
    try:
        svg = xml.fromstring(read(root, "hw/wiring.svg"))
    except xml.ParseError as e:
        check(False, f"wiring.svg: {e}")
        return
    texts = ["".join(t.itertext()) for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    for r in rows:
        check(texts.count(f"{r['line']} · {r['pin']}") == 1, f"wiring.svg: {r['line']} on pin {r['pin']} is not drawn once")
    words = set(re.findall(r"\b[A-Z]{1,2}\d+\b", " ".join(t for t in texts if "GPIO" not in t)))
    for r in rows:
        for part in re.findall(r"`([A-Z]+\d+)`", r["what is soldered"]):
            check(part == "RT1" or part in words, f"wiring.svg: {part} is not drawn")
    for part in words:
        check(part in parts, f"wiring.svg: {part} is not in bom.csv")
    check(svg.get("width") == "297mm" and svg.get("height") == "210mm", "wiring.svg: one sheet of A4")
    check(any("AN TOÀN" in t for t in texts), "wiring.svg: the sentence on safety is missing")


def parts_of(root):
    with open(os.path.join(root, "hw/bom.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    check(rows and rows[0] == BOM, "bom.csv: columns are " + ",".join(BOM))
    check(all(len(r) == len(BOM) and all(r) for r in rows), "bom.csv: a row with too few or too many cells")
    parts = [dict(zip(BOM, r)) for r in rows[1:]]
    check(len({p["part"] for p in parts}) == len(parts), "bom.csv: a part stands there twice")
    for p in parts:
        check(p["class_a"].isdigit() and p["class_b"].isdigit(), f"bom.csv: {p['part']}: how many?")
    for c in ("class_a", "class_b"):
        check(any(p[c] != "0" for p in parts), f"bom.csv: nothing for {c}")
    check(any(p["class_a"] != p["class_b"] for p in parts), "bom.csv: the two classes are the same")
    return {p["part"] for p in parts}


def main():
    root = sys.argv[1]
    text = read(root, "hw/pins.md")
    rows = pins_of(text)
    plain, full = settings_of(read(root, "node/example.jsonc"))
    parts = parts_of(root)
    check_pins(rows)
    check_settings(rows, plain, full)
    for part in re.findall(r"`([A-Z]{1,2}\d+)`", text):
        check(part in parts, f"pins.md: {part} is not in bom.csv")
    check("AN TOÀN" in text, "pins.md: the sentence on safety is missing")
    check_overlay(root, rows)
    check_drawing(root, rows, parts)
    for w in wrong:
        print("papers:", w, file=sys.stderr)
    if not wrong:
        print(f"papers: {len(rows)} lines, {len(parts)} parts: settings, table, drawing and overlay agree")
    return 1 if wrong else 0


sys.exit(main())
