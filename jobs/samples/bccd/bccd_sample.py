"""Makes train.zip, val.zip and test.zip of BCCD: its own split, pictures half as wide and high.

    pip install pillow
    python bccd_sample.py bccd.tar.gz

bccd.tar.gz holds the folder BCCD of github.com/Shenggan/BCCD_Dataset. The numbers in the XML are halved with the
pictures; nothing else of it is kept but sizes, names and boxes. Boxes that have no area or leave the picture, by a
pixel or two, are cut to it, or left out where nothing remains.
"""

import io
import sys
import tarfile
import xml.etree.ElementTree as xml
import zipfile

from PIL import Image

files = {}
with tarfile.open(sys.argv[1]) as tar:
    for member in tar:
        if member.isfile():
            files[member.name] = tar.extractfile(member).read()


def annotation(name):
    root = xml.fromstring(files["BCCD/Annotations/%s.xml" % name])
    width, height = (int(root.find("size/" + side).text) for side in ("width", "height"))
    lines = ["<annotation><size><width>%d</width><height>%d</height></size>" % (width // 2, height // 2)]
    for thing in root.findall("object"):
        left, top, right, bottom = (float(thing.find("bndbox/" + side).text) for side in ("xmin", "ymin", "xmax", "ymax"))
        box = (max(0, left), max(0, top), min(width, right), min(height, bottom))
        if box != (left, top, right, bottom):
            print("cut", name, left, top, right, bottom)
        if box[2] > box[0] and box[3] > box[1]:
            corners = zip(("xmin", "ymin", "xmax", "ymax"), (number / 2 for number in box))
            numbers = "".join("<%s>%g</%s>" % (side, number, side) for side, number in corners)
            lines.append("<object><name>%s</name><bndbox>%s</bndbox></object>" % (thing.find("name").text, numbers))
        else:
            print("left out", name, left, top, right, bottom)
    return "\n".join(lines) + "\n</annotation>\n"


def picture(name):
    image = Image.open(io.BytesIO(files["BCCD/JPEGImages/%s.jpg" % name]))
    out = io.BytesIO()
    image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX).save(out, "JPEG", quality=85)
    return out.getvalue()


for part in ("train", "val", "test"):
    names = files["BCCD/ImageSets/Main/%s.txt" % part].decode().split()
    with zipfile.ZipFile(part + ".zip", "w", zipfile.ZIP_DEFLATED) as out:
        for name in names:
            for entry, content in ((name + ".jpg", picture(name)), (name + ".xml", annotation(name))):
                info = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(info, content)
    print(part, len(names))
