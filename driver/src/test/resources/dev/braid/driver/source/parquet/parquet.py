"""Writes the Parquet files beside it, which Java's libraries do not write: python3 parquet.py (pyarrow 26)."""
import datetime
import decimal
import uuid

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

rows = {"x": [0.0, 1.0, 2.0], "y": [0.5, 1.5, 2.5]}
pq.write_table(pa.table(rows), "brotli.parquet", compression="brotli")
half = pa.array(numpy.array(rows["x"], numpy.float16))
pq.write_table(pa.table({"x": half, "y": rows["y"]}), "float16.parquet")
pq.write_table(pa.table(rows), "split.parquet", use_dictionary=False, use_byte_stream_split=True)
wide = pa.array([decimal.Decimal(x) for x in range(3)], pa.decimal256(50, 5))
pq.write_table(pa.table({"x": wide, "y": rows["y"]}), "decimal50.parquet")


def thrice(value, zero, kind):
    return pa.array([value, zero, value], kind)


cent = decimal.Decimal("-1.25")
zero = decimal.Decimal("0.00")
pq.write_table(
    pa.table({
        "int8": thrice(-128, 0, pa.int8()),
        "uint8": thrice(255, 0, pa.uint8()),
        "uint16": thrice(65535, 0, pa.uint16()),
        "uint32": thrice(2**32 - 1, 0, pa.uint32()),
        "uint64": thrice(2**64 - 1, 0, pa.uint64()),
        "bool": thrice(True, False, pa.bool_()),
        "nullable": thrice(1.5, 0, pa.float64()),
        "dictionary": thrice(2.5, 0, pa.float64()).dictionary_encode(),
        "decimal9": thrice(cent, zero, pa.decimal128(9, 2)),
        "decimal18": thrice(cent, zero, pa.decimal128(18, 2)),
        "decimal38": thrice(cent, zero, pa.decimal128(38, 2)),
        "seconds": thrice(60, 0, pa.duration("s")),
        "bytes": thrice(b"\x00\xc8", b"\x00\x00", pa.binary()),
        "fixed": thrice(b"\x00\xc8", b"\x00\x00", pa.binary(2)),
        "list": thrice([1, 2], [0, 0], pa.list_(pa.float64())),
        "large_list": thrice([1, 2], [0, 0], pa.large_list(pa.float32())),
        "fixed_list": thrice([1, 2], [0, 0], pa.list_(pa.int32(), 2)),
        "matrix": thrice([[1, 2], [3, 4]], [[0, 0], [0, 0]], pa.list_(pa.list_(pa.float32()))),
        "y": pa.array(rows["y"]),
    }),
    "numbers.parquet", use_dictionary=True, store_decimal_as_integer=True)

day = datetime.date(2024, 2, 29)
noon = datetime.datetime(2024, 2, 29, 12)
pq.write_table(
    pa.table({
        "string": ["5.1", "a", "b"],
        "large_string": pa.array(["a", "b", "c"], pa.large_string()),
        "dictionary": pa.array(["a", "b", "a"]).dictionary_encode(),
        "date": [day] * 3,
        "seconds": pa.array([noon] * 3, pa.timestamp("s")),
        "millis": pa.array([noon] * 3, pa.timestamp("ms", "UTC")),
        "micros": pa.array([noon] * 3, pa.timestamp("us")),
        "nanos": pa.array([noon] * 3, pa.timestamp("ns", "Europe/Berlin")),
        "time_millis": pa.array([noon.time()] * 3, pa.time32("ms")),
        "time_micros": pa.array([noon.time()] * 3, pa.time64("us")),
        "time_nanos": pa.array([noon.time()] * 3, pa.time64("ns")),
        "uuid": pa.array([uuid.UUID(int=7).bytes] * 3, pa.uuid()),
        "map": pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int32())),
        "struct": [{"a": 1}] * 3,
        "strings": [["a"]] * 3,
        "structs": [[{"a": 1, "b": 2}]] * 3,
        "null": pa.nulls(3),
        "y": rows["y"],
    }),
    "others.parquet")
