"""Reads a safetensors file, or the one in a model.zip, and prints its tensors as JSON.

Written from the format's description, with the standard library only.
"""
import io, json, struct, sys, zipfile

path = sys.argv[1]
if zipfile.is_zipfile(path):
    data = zipfile.ZipFile(path).read("weights.safetensors")
else:
    data = open(path, "rb").read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length].decode("utf-8"))
body = io.BytesIO(data[8 + length :]).getbuffer()
tensors = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    assert entry["dtype"] == "F32", entry
    tensors[name] = {
        "shape": entry["shape"],
        "values": list(struct.unpack("<%df" % ((end - begin) // 4), body[begin:end])),
    }
assert max(entry["data_offsets"][1] for entry in header.values()) == len(body)
print(json.dumps(tensors))
