"""Pictures that every language can paint: of whole numbers alone.

A pixel at column x, row y of a picture of w × h is

    red = (2x + y) mod 256, green = (3y + 40) mod 256, blue = (2 (x xor y)) mod 256,

and over it lie six rectangles, k = 0 … 5, each over those before: its left is (37k + 11) mod (w - 30), its
top (53k + 7) mod (h - 24), its width 20 + 7k, its height 16 + 9k, cut at the picture's edges; its red is
(83k + 60) mod 256, its green (151k + 30) mod 256, its blue (199k + 120) mod 256.
"""

import numpy as np

SIZES = ((160, 120), (200, 150))
"""Widths and heights."""


def paint(width, height):
    """Red, green, blue, 0 to 255: `[height, width, 3]`."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack([2 * x + y, 3 * y + 40, 2 * (x ^ y)], -1) % 256
    for k in range(6):
        left, top = (37 * k + 11) % (width - 30), (53 * k + 7) % (height - 24)
        colour = [(83 * k + 60) % 256, (151 * k + 30) % 256, (199 * k + 120) % 256]
        picture[top : top + 16 + 9 * k, left : left + 20 + 7 * k] = colour
    return picture.astype(np.uint8)
