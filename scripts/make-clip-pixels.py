# Writes test/embeddings/clip/golden-pixels.json: what Pillow makes of test images before CLIP sees them.
# pip install pillow numpy; python3 scripts/make-clip-pixels.py
#
# The images are made by a formula that the test repeats, so that no image files are stored; one JPEG is, since two decoders
# may differ by a step in a pixel. `sha256` is over the cropped 8-bit pixels [224 × 224 × 3], `values` are pixel_values
# [3 × 224 × 224] at `places`.
import base64
import hashlib
import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

SIDE = 224
MEAN = np.array([0.48145466, 0.4578275, 0.40821073])
STD = np.array([0.26862954, 0.26130258, 0.27577711])
PLACES = [0, 1, 223, 224, 25_000, 50_175, 50_176, 77_777, 100_352, 123_456, 150_527]
SIZES = [(224, 224), (300, 200), (200, 300), (64, 48), (31, 97), (640, 480), (225, 224), (1, 5), (1000, 7), (512, 512)]


def formula(width, height):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([(x * 7 + y * 13 + c * 50 + (x * y) // 3) % 256 for c in range(3)], axis=-1).astype(np.uint8)


def cropped(image):
    image = image.convert("RGB")
    width, height = image.size
    short, long = min(width, height), max(width, height)
    new_long = int(SIDE * long / short)
    size = (SIDE, new_long) if width <= height else (new_long, SIDE)
    resized = np.asarray(image.resize(size, resample=Image.Resampling.BICUBIC))
    top, left = (resized.shape[0] - SIDE) // 2, (resized.shape[1] - SIDE) // 2
    return resized[top : top + SIDE, left : left + SIDE]


def golden(image):
    pixels = cropped(image)
    values = ((pixels / 255 - MEAN) / STD).transpose(2, 0, 1).ravel()
    return {
        "sha256": hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest(),
        "values": [round(float(values[place]), 6) for place in PLACES],
    }


def jpeg():
    file = io.BytesIO()
    x, y = np.meshgrid(np.arange(120), np.arange(90))
    smooth = np.stack([x * 2, y * 2, 255 - x - y], axis=-1).astype(np.uint8)
    Image.fromarray(smooth).save(file, "JPEG", quality=90)
    return file.getvalue()


data = jpeg()
out = {
    "about": f"Pillow {PIL.__version__}, numpy {np.__version__}; made by scripts/make-clip-pixels.py",
    "places": PLACES,
    "formula": [{"width": w, "height": h, **golden(Image.fromarray(formula(w, h)))} for w, h in SIZES],
    "jpeg": {"base64": base64.b64encode(data).decode(), **golden(Image.open(io.BytesIO(data)))},
}
path = pathlib.Path(__file__).parent.parent / "test/embeddings/clip/golden-pixels.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(out, indent=2) + "\n")
