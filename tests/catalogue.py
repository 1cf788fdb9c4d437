#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""catalogue: every word that people see is in the catalogue, in both languages, and says the same in both.

catalogue.py ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import unicodedata

STRING = r'"((?:[^"\\]|\\.)*)"'
STRINGS = rf"((?:{STRING}\s*)+)"
# What no Vietnamese dictionary has: borrowed words, our own, units, and tone marks where the rules put them.
ALLOWED = set("""
	aptomat argon beat birth camera dns english gateway giắc id ip json jsonc khóa matsang modem
	mosquitto mqtt ms mtu ntp ok point probe report tt ups what
""".split())

wrong = []


def check(true, what):
    if not true:
        wrong.append(what)


def unquote(strings):
    return "".join(re.findall(STRING, strings))


def entries(text):
    """(context, English) -> (Vietnamese, flags); the header is not one."""
    out = {}
    for block in re.split(r"\n\s*\n", text):
        m = re.search(rf"^(?:msgctxt {STRINGS})?msgid {STRINGS}msgstr {STRINGS}", block + "\n", re.M)
        if not m:
            check(not block.strip("#\n ") or block.lstrip().startswith("# "), f"vi.po: what is this? {block[:60]}")
            continue
        context, english, vietnamese = (unquote(g) if g else "" for g in (m[1], m[3], m[5]))
        if english:
            check((context, english) not in out, f"twice: {english}")
            out[context, english] = vietnamese, re.findall(r"^#, (.*)$", block, re.M)
    return out


def slots(text):
    return sorted(set(re.findall(r"\{\w+\}", text)))


def check_entry(context, english, vietnamese, flags):
    name = f"{context + ': ' if context else ''}{english!r}"
    check(vietnamese, f"{name} is not said in Vietnamese")
    check(not any("fuzzy" in f for f in flags), f"{name} is fuzzy")
    check(slots(english) == slots(vietnamese), f"{name}: {slots(english)} is not {slots(vietnamese)}")
    check(english[:1].isspace() == vietnamese[:1].isspace() and english[-1:].isspace() == vietnamese[-1:].isspace(),
          f"{name}: blanks at the ends differ")
    check(vietnamese == unicodedata.normalize("NFC", vietnamese), f"{name}: not composed (NFC)")
    if context == "sms":
        for text in (english, vietnamese):
            check(re.fullmatch(r"[^\[\]]*(\[[^\[\]]+\][^\[\]]*)*", text), f"{name}: brackets")


def check_spelling(texts):
    """By Debian's hunspell-vi, where there is one."""
    if not shutil.which("hunspell") or "vi_VN" not in subprocess.run(
            ["hunspell", "-D"], capture_output=True, text=True, stdin=subprocess.DEVNULL).stderr:
        print("catalogue: no hunspell-vi here: not spelled")
        return
    words = set()
    for text in texts:
        text = re.sub(r"--\w+|\{\w+\}|\\.|[A-Z_]+\.(?:jsonc|key)", " ", text)
        words.update(w.lower() for w in re.findall(r"[^\W\d_]+", text))
    said = subprocess.run(["hunspell", "-d", "vi_VN", "-i", "UTF-8", "-l"], input="\n".join(sorted(words)), text=True,
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout.split()
    for word in sorted(set(said) - ALLOWED):
        check(False, f"vi.po: no Vietnamese word: {word}")


def main():
    root = sys.argv[1]
    po = os.path.join(root, "gateway/po")
    read = lambda name: open(os.path.join(po, name), encoding="utf-8").read()
    now = subprocess.run([os.path.join(po, "extract")], check=True, capture_output=True, text=True).stdout
    check(set(entries(now)) == set(entries(read("matsang.pot"))), "matsang.pot is not what the sources say: ./run words")
    for language in read("LINGUAS").split():
        text = read(language + ".po")
        check("#~" not in text, f"{language}.po has obsolete entries")
        words = entries(text)
        check(set(words) == set(entries(now)), f"{language}.po has other texts than the sources: ./run words")
        for (context, english), (vietnamese, flags) in words.items():
            check_entry(context, english, vietnamese, flags)
        check_spelling(v for v, _ in words.values())
    sources = set(read("POTFILES").split())
    for folder, _, names in os.walk(os.path.join(root, "gateway")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if name.endswith(".c") and path not in sources:
                with open(os.path.join(root, path), encoding="utf-8") as f:
                    check(not re.search(r"\bNC?_\(", f.read()), f"{path} has words and is not in POTFILES")
    for w in wrong:
        print("catalogue:", w, file=sys.stderr)
    if not wrong:
        print(f"catalogue: {len(words)} texts in both languages")
    return 1 if wrong else 0


sys.exit(main())
