#!/usr/bin/env python3
"""Turns a captured terminal screen (text with SGR escapes, on stdin) into an SVG picture, or several into an animated one.

Usage: ansi2svg.py COLUMNS ROWS < screen > picture.svg
       ansi2svg.py COLUMNS ROWS FILE:SECONDS... > animated.svg    each screen for so long, over and over

Every word is placed by its cell, and lines, blocks and braille are drawn as shapes, so that the
picture lines up whatever font the viewer has.
"""

import re
import sys
import unicodedata
from html import escape

WIDTH, HEIGHT, BASELINE, MARGIN = 10, 20, 15.5, 12  # of a cell, in pixels
FONT_SIZE = 16.61  # at which a cell of DejaVu Sans Mono is 10 pixels wide
FONT = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
FOREGROUND, BACKGROUND = "#d3d7de", "#14171c"
ANSI = (
    "#2b303b #e0605e #7fb069 #e3b04b #6a9fd8 #b98ad0 #5cb8b2 #c6cad2 "
    "#6b7280 #f58a86 #a3d38b #f7cf75 #92c1f3 #d5aeea #86d9d3 #ffffff"
).split()
PLAIN = dict(fg=None, bg=None, bold=False, dim=False, italic=False, underline=False, reverse=False)

SWITCHES = {
    1: ("bold", True), 2: ("dim", True), 3: ("italic", True), 4: ("underline", True),
    7: ("reverse", True), 23: ("italic", False), 24: ("underline", False),
    27: ("reverse", False), 39: ("fg", None), 49: ("bg", None),
}

# The arms of each line character: left, right, up, down; 1 is light, 2 heavy.
ARMS = dict(zip(
    "─━│┃┌┐└┘├┤┬┴┼╴╵╶╷╸╹╺╻┏┓┗┛┣┫┳┻╋",
    "1100 2200 0011 0022 0101 1001 0110 1010 0111 1011 1101 1110 1111 1000 0010 0100 0001 "
    "2000 0020 0200 0002 0202 2002 0220 2020 0222 2022 2202 2220 2222".split(),
))
# Rounded corners: where the curve begins and ends, through the middle of the cell.
CURVES = {"╭": "M5 20V15Q5 10 10 10", "╮": "M5 20V15Q5 10 0 10",
          "╰": "M5 0V5Q5 10 10 10", "╯": "M5 0V5Q5 10 0 10"}


def palette(number):
    """The colour of one of the 256 numbers."""
    if number < 16:
        return ANSI[number]
    if number >= 232:
        return "#" + f"{8 + (number - 232) * 10:02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "#" + "".join(f"{steps[number // n % 6]:02x}" for n in (36, 6, 1))


def apply_sgr(style, parameters):
    """The style after one SGR sequence."""
    style = dict(style)
    # A colon binds parts of one attribute; only underlines use it here, and 4:0 switches them off.
    codes = [int(part.split(":")[0] or 0) for part in parameters.replace("4:0", "24").split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = dict(PLAIN)
        elif code == 22:
            style["bold"] = style["dim"] = False
        elif code in SWITCHES:
            name, value = SWITCHES[code]
            style[name] = value
        elif code in (38, 48):
            if codes.pop(0) == 5:
                colour = palette(codes.pop(0))
            else:
                colour = "#" + "".join(f"{codes.pop(0):02x}" for _ in range(3))
            style["fg" if code == 38 else "bg"] = colour
        else:
            for first, name, bright in ((30, "fg", 0), (40, "bg", 0), (90, "fg", 8), (100, "bg", 8)):
                if first <= code < first + 8:
                    style[name] = ANSI[code - first + bright]
    return style


def cells(line, style):
    """The cells of a line as (column, width, text, style), and the style at its end."""
    found, column = [], 0
    for escape_codes, char in re.findall(r"\x1b\[([\d;:]*)m|([^\x1b\x00-\x1f])", line):
        if not char:
            style = apply_sgr(style, escape_codes)
        elif unicodedata.combining(char) and found:
            at, width, text, old = found[-1]
            found[-1] = (at, width, text + char, old)
        else:
            width = 2 if unicodedata.east_asian_width(char) in "WF" else 1
            found.append((column, width, char, style))
            column += width
    return found, style


def colours(style):
    """The colours of text and background (None for the screen's own)."""
    fg, bg = style["fg"] or FOREGROUND, style["bg"]
    if style["reverse"]:
        fg, bg = bg or BACKGROUND, fg
    if style["dim"]:
        pairs = zip(re.findall("..", fg[1:]), re.findall("..", (bg or BACKGROUND)[1:]))
        fg = "#" + "".join(f"{(int(a, 16) * 3 + int(b, 16) * 2) // 5:02x}" for a, b in pairs)
    return fg, bg


def rect(x, y, width, height, fill, more=""):
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{more}/>'


def shape(char, x, y, fill):
    """The shapes that draw a character, or None when a font must do it."""
    code = ord(char[0])
    if char in ARMS:
        left, right, up, down = (int(arm) * 2 for arm in ARMS[char])
        reach = max(left, right, up, down) / 2  # arms overlap in the middle of the cell
        boxes = [(0, 10 - left / 2, 5 + reach, left), (5 - reach, 10 - right / 2, 5 + reach, right),
                 (5 - up / 2, 0, up, 10 + reach), (5 - down / 2, 10 - reach, down, 10 + reach)]
    elif char in CURVES:
        return [f'<path transform="translate({x} {y})" d="{CURVES[char]}" fill="none" stroke="{fill}" stroke-width="2"/>']
    elif char in "░▒▓":
        return [rect(x, y, WIDTH, HEIGHT, fill, f' fill-opacity="{(code - 0x2590) / 4:g}"')]
    elif 0x2581 <= code <= 0x2588:
        height = HEIGHT * (code - 0x2580) / 8
        boxes = [(0, HEIGHT - height, WIDTH, height)]
    elif 0x2589 <= code <= 0x258F:
        boxes = [(0, 0, WIDTH * (0x2590 - code) / 8, HEIGHT)]
    elif char in "▀▐▔▕":
        boxes = [{"▀": (0, 0, 10, 10), "▐": (5, 0, 5, 20), "▔": (0, 0, 10, 2.5), "▕": (8.75, 0, 1.25, 20)}[char]]
    elif 0x2800 <= code <= 0x28FF:
        dots = ((2, 2), (2, 7), (2, 12), (6, 2), (6, 7), (6, 12), (2, 17), (6, 17))
        boxes = [(dx, dy, 2, 2) for bit, (dx, dy) in enumerate(dots) if code >> bit & 1]
    else:
        return None
    return [rect(x + dx, y + dy, w, h, fill) for dx, dy, w, h in boxes if w and h]


def words(line):
    """Joins cells into words: neighbours in plain ASCII with the same style."""
    joined = []
    for column, width, text, style in line:
        last = joined[-1] if joined else None
        if (last and last[3] == style and last[0] + last[1] == column
                and (last[2] + text).isascii() and " " not in last[2] + text):
            joined[-1] = (last[0], last[1] + width, last[2] + text, style)
        else:
            joined.append((column, width, text, style))
    return joined


def draw_word(column, width, text, style, y):
    """The text itself and its underline."""
    x, (fill, _), pixels = MARGIN + column * WIDTH, colours(style), width * WIDTH
    drawn = [rect(x, y + 17.5, pixels, 1, fill)] if style["underline"] else []
    if text.isspace():
        return drawn
    shapes = shape(text, x, y, fill)
    if shapes is not None:
        return drawn + shapes
    weight = ' font-weight="bold"' if style["bold"] else ""
    slant = ' font-style="italic"' if style["italic"] else ""
    length = f' textLength="{pixels}" lengthAdjust="spacingAndGlyphs"' if len(text) > 1 else ""
    paint = "" if fill == FOREGROUND else f' fill="{fill}"'
    drawn.append(f'<text x="{x}" y="{y + BASELINE}"{paint}{weight}{slant}{length}>{escape(text)}</text>')
    return drawn


def drawn_rows(screen, rows):
    """The SVG of each row of a screen."""
    style = PLAIN
    for row, line in enumerate(screen.split("\n")[:rows]):
        drawn, y = [], MARGIN + row * HEIGHT
        found, style = cells(line, style)
        start = 0
        for index, cell in enumerate(found):  # one rectangle for neighbours of one background
            behind = colours(cell[3])[1]
            if index + 1 == len(found) or colours(found[index + 1][3])[1] != behind:
                end = cell[0] + cell[1]
                if behind:
                    drawn.append(rect(MARGIN + start * WIDTH, y, (end - start) * WIDTH, HEIGHT, behind))
                start = end
        for word in words(found):
            drawn += draw_word(*word, y)
        yield "\n".join(drawn)


def paper(columns, rows):
    """The beginning of a picture: its size and background."""
    width, height = columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
           f'height="{height}" font-family="{FONT}" font-size="{FONT_SIZE}" fill="{FOREGROUND}">')
    yield rect(0, 0, width, height, BACKGROUND, ' rx="8"')


def picture(screen, columns, rows):
    """The lines of the SVG of one screen."""
    yield from paper(columns, rows)
    yield from filter(None, drawn_rows(screen, rows))
    yield "</svg>"


def animated(frames, columns, rows):
    """The lines of the SVG of several screens, each (text, seconds).

    What a row shows in several frames is there once, and is seen in these. Where nothing moves, because the viewer cannot
    or its owner does not want it, the first frame stands.
    """
    total = sum(seconds for _, seconds in frames)
    begins = [sum(seconds for _, seconds in frames[:number]) for number in range(len(frames))]
    seen = {}  # what is drawn -> the frames that have it
    for number, (screen, _) in enumerate(frames):
        for drawn in filter(None, drawn_rows(screen, rows)):
            seen.setdefault(drawn, []).append(number)
    names = {}  # which frames -> the name of their class
    for those in seen.values():
        names.setdefault(tuple(those), f"f{len(names)}")
    yield from paper(columns, rows)
    yield "<style>"
    for those, name in names.items():
        if len(those) == len(frames):
            continue
        at = " ".join(f"{begins[n] / total * 100:.2f}%{{visibility:{'visible' if n in those else 'hidden'}}}"
                      for n in range(len(frames)) if n == 0 or (n in those) != (n - 1 in those))
        still = "visible" if 0 in those else "hidden"
        yield f".{name}{{visibility:{still};animation:{name} {total:g}s step-end infinite}}@keyframes {name}{{{at}}}"
    yield "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
    yield "</style>"
    for drawn, those in seen.items():
        yield f'<g class="{names[tuple(those)]}">{drawn}</g>'
    yield "</svg>"


def read(file):
    """A captured screen, and for how long it is shown."""
    with open(file, encoding="utf-8", errors="replace") as screen:
        return screen.read(), float(file.rsplit(":", 1)[1])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    size, files = [int(number) for number in sys.argv[1:3]], sys.argv[3:]
    if files:
        print("\n".join(animated([read(file) for file in files], *size)))
    else:
        print("\n".join(picture(sys.stdin.buffer.read().decode("utf-8", "replace"), *size)))
