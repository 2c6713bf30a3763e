"""Writes the pictures of ImageTest beside this script: python make.py (needs Pillow).

All hold the same picture of two columns and three rows, upright, in shades of grey or in colours;
orientation-N has it turned as a camera held in EXIF's way N would have stored it.
"""

from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parent
ROWS = [[10, 60], [110, 160], [210, 250]]
ORIENTATION = 0x0112

# What has to be done to the upright picture to get what the camera stores.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def grey():
    image = Image.new("L", (2, 3))
    image.putdata([value for row in ROWS for value in row])
    return image


def coloured():
    return Image.merge("RGB", [grey(), grey().point(lambda v: 255 - v), grey().point(lambda v: v // 2)])


def exif(number):
    data = Image.Exif()
    data[ORIENTATION] = number
    return data


def main():
    for number in range(1, 9):
        image = grey().transpose(STORED[number]) if number in STORED else grey()
        image.save(FOLDER / f"orientation-{number}.jpg", quality=100, exif=exif(number))
    turned = coloured().transpose(STORED[6])
    turned.save(FOLDER / "turned.png", exif=exif(6))
    turned.save(FOLDER / "turned.webp", lossless=True, exif=exif(6))
    turned.save(FOLDER / "turned.tif", compression="tiff_lzw", exif=exif(6))
    coloured().save(FOLDER / "upright.webp", lossless=True)
    coloured().save(FOLDER / "upright.tif")
    coloured().resize((32, 48), Image.Resampling.NEAREST).save(FOLDER / "lossy.webp", quality=100)
    grey().convert("F").save(FOLDER / "floats.tif")
    coloured().convert("CMYK").save(FOLDER / "cmyk.jpg")


if __name__ == "__main__":
    main()
