"""Augmentation, cheap enough for a core that also trains: a warp or four, one colour table."""

from __future__ import annotations

import cv2
import numpy as np

from data import SHARES, Item

GREY = (114, 114, 114)


class Sampler:
    """Draws augmented square pictures from the sets, by the sets' shares."""

    def __init__(self, sets: dict[str, list[Item]], seed: int) -> None:
        self.sets = sets
        self.rng = np.random.default_rng(seed)
        self.names = [n for n in SHARES if n in sets]
        share = np.array([SHARES[n] for n in self.names])
        self.share = share / share.sum()
        self.decks: dict[str, list[int]] = {n: [] for n in self.names}

    def draw(self) -> Item:
        """An item: the set by its share, then the set's items in shuffled order."""
        name = self.names[self.rng.choice(len(self.names), p=self.share)]
        deck = self.decks[name]
        if not deck:
            deck.extend(self.rng.permutation(len(self.sets[name])).tolist())
        return self.sets[name][deck.pop()]

    def paste(self, out: np.ndarray, item: Item, sx: float, sy: float) -> np.ndarray:
        """Draws the item into `out` (a view), sx by sy pixels large, at a random place.

        Returns rows (x1, y1, x2, y2, class, weight) in the view's pixels, clipped to it.
        """
        h, w = out.shape[:2]
        ih, iw = item.image.shape[:2]
        rng = self.rng
        x = -rng.uniform(0, sx - w) if sx > w else rng.uniform(0, w - sx)
        y = -rng.uniform(0, sy - h) if sy > h else rng.uniform(0, h - sy)
        flip = rng.random() < 0.5
        source = item.image
        if sx < 0.4 * iw and sy < 0.4 * ih:  # halve first: a far smaller picture would alias
            iw, ih = iw // 2, ih // 2
            source = cv2.resize(source, (iw, ih), interpolation=cv2.INTER_AREA)
        # Pixel u's centre, u + 0.5, goes to fx * (u + 0.5) + x.
        fx, fy = sx / iw, sy / ih
        dx, dy = x + fx / 2 - 0.5, y + fy / 2 - 0.5
        if flip:
            fx, dx = -fx, x + sx - fx / 2 - 0.5
        move = np.array([[fx, 0, dx], [0, fy, dy]])
        cv2.warpAffine(
            source, move, (w, h), out, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, borderValue=GREY
        )
        b = item.boxes.copy()
        if flip:
            b[:, [0, 2]] = 1 - b[:, [2, 0]]
        b[:, [0, 2]] = b[:, [0, 2]] * sx + x
        b[:, [1, 3]] = b[:, [1, 3]] * sy + y
        full = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
        b[:, [0, 2]] = b[:, [0, 2]].clip(0, w)
        b[:, [1, 3]] = b[:, [1, 3]].clip(0, h)
        bw, bh = b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]
        left = bw * bh / np.maximum(full, 1e-6)
        # A quarter of an object, or a few pixels of one, is neither an object nor background.
        weight = np.where((left < 0.3) | (np.minimum(bw, bh) < 4), 0.0, item.weights)
        keep = (bw > 1) & (bh > 1) & (left > 0.02)
        return np.column_stack((b, item.classes, weight))[keep]

    def colour(self, image: np.ndarray) -> np.ndarray:
        """Hue, saturation, brightness, contrast; seldom grey, blur, noise, night or rain."""
        rng = self.rng
        if rng.random() < 0.7:
            hue, sat, val = rng.uniform(-1, 1, 3) * (0.02, 0.6, 0.4) + (0, 1, 1)
            ramp = np.arange(256, dtype=np.float32)
            table = np.stack(
                (
                    (ramp + hue * 180) % 180,
                    np.clip(ramp * sat, 0, 255),
                    np.clip((ramp - 128) * rng.uniform(0.75, 1.2) + 128 * val, 0, 255),
                ),
                -1,
            ).astype(np.uint8)
            hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
            image = cv2.cvtColor(cv2.LUT(hsv, table[None]), cv2.COLOR_HSV2RGB)
        dice = rng.random()
        if dice < 0.04:
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        elif dice < 0.10:
            image = cv2.blur(image, (3, 3))
        elif dice < 0.14:
            image = self.noisy(image, 18)
        elif dice < 0.22:
            image = self.night(image)
        elif dice < 0.25:
            image = self.rain(image)
        return image

    def noisy(self, image: np.ndarray, most: int) -> np.ndarray:
        noise = self.rng.integers(-most, most + 1, image.shape, dtype=np.int16)
        return np.clip(image + noise, 0, 255).astype(np.uint8)

    def night(self, image: np.ndarray) -> np.ndarray:
        """Dark, under lamps of some colour, seen by a sensor that makes noise of it."""
        rng = self.rng
        ramp = np.linspace(0, 1, 256) ** rng.uniform(1.0, 1.8) * 255 * rng.uniform(0.25, 0.6)
        tint = np.array((1, rng.uniform(0.75, 1), rng.uniform(0.5, 1)))
        table = (ramp[:, None] * (tint if rng.random() < 0.7 else tint[::-1])).astype(np.uint8)
        return self.noisy(cv2.LUT(image, table[None]), int(rng.integers(3, 14)))

    def rain(self, image: np.ndarray) -> np.ndarray:
        """Grey streaks that all fall one way, before a paler picture."""
        rng, size = self.rng, image.shape[0]
        out = cv2.addWeighted(image, 0.8, np.full_like(image, 150), 0.2, 0)
        streaks = np.zeros((size, size), np.uint8)
        lean, length = rng.uniform(-0.3, 0.3), rng.uniform(0.02, 0.06) * size
        for x, y in rng.uniform(0, size, (int(rng.integers(60, 200)), 2)):
            cv2.line(streaks, (int(x), int(y)), (int(x + lean * length), int(y + length)), 90, 1)
        return cv2.add(out, cv2.cvtColor(streaks, cv2.COLOR_GRAY2RGB))

    def one(self, size: int, gentle: bool) -> tuple[np.ndarray, np.ndarray]:
        """One picture, scaled and moved."""
        out = np.empty((size, size, 3), np.uint8)
        rng = self.rng
        if gentle:
            scale, ratio = rng.uniform(0.85, 1.25), np.exp(rng.uniform(-0.1, 0.1))
        else:
            scale, ratio = rng.uniform(0.6, 1.5), np.exp(rng.uniform(-0.25, 0.25))
        rows = self.paste(out, self.draw(), size * scale * ratio, size * scale / ratio)
        return out, rows

    def mosaic(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Four pictures around a random point (as in YOLOv4, arXiv:2004.10934)."""
        out = np.empty((size, size, 3), np.uint8)
        rng = self.rng
        cx, cy = (rng.uniform(0.3, 0.7, 2) * size).astype(int)
        rows = []
        for x1, y1, x2, y2 in (
            (0, 0, cx, cy),
            (cx, 0, size, cy),
            (0, cy, cx, size),
            (cx, cy, size, size),
        ):
            scale, ratio = rng.uniform(0.35, 1.1), np.exp(rng.uniform(-0.2, 0.2))
            view = np.empty((y2 - y1, x2 - x1, 3), np.uint8)
            r = self.paste(view, self.draw(), size * scale * ratio, size * scale / ratio)
            out[y1:y2, x1:x2] = view
            r[:, :4] += (x1, y1, x1, y1)
            rows.append(r)
        return out, np.concatenate(rows)

    def batch(
        self, count: int, size: int, mosaics: float, gentle: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pictures `[count, size, size, 3]` uint8 and padded rows `[count, most, 6]`.

        A padding row has class -2.
        """
        pictures, lists = [], []
        for _ in range(count):
            if self.rng.random() < mosaics:
                image, rows = self.mosaic(size)
            else:
                image, rows = self.one(size, gentle)
            pictures.append(self.colour(image))
            lists.append(rows)
        most = max(1, max(len(r) for r in lists))
        padded = np.zeros((count, most, 6), np.float32)
        padded[:, :, 4] = -2
        for i, rows in enumerate(lists):
            padded[i, : len(rows)] = rows
        return np.stack(pictures), padded
