"""Writes the Parquet files beside it, which Java's reader cannot read: python3 parquet.py (pyarrow 26)."""
import numpy
import pyarrow
import pyarrow.parquet

rows = {"x": [0.0, 1.0, 2.0], "y": [0.5, 1.5, 2.5]}
pyarrow.parquet.write_table(pyarrow.table(rows), "brotli.parquet", compression="brotli")
half = pyarrow.array(numpy.array(rows["x"], numpy.float16))
pyarrow.parquet.write_table(pyarrow.table({"x": half, "y": rows["y"]}), "float16.parquet")
