"""Makes the Parquet files beside it, with pyarrow (26): pip install pyarrow && python make.py"""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2026, 11, 29, 12, 34, 56, 789123)


def write(name, table, **options):
    pq.write_table(table, HERE / name, **options)


def types():
    """A row of values, a row of nulls and a row of extremes, in every type that people have."""
    columns = {
        "int8": pa.array([1, None, -128], pa.int8()),
        "int64": pa.array([2, None, -(2**63)], pa.int64()),
        "uint32": pa.array([3, None, 2**32 - 1], pa.uint32()),
        "uint64": pa.array([4, None, 2**64 - 1], pa.uint64()),
        "float16": pa.array([0.5, None, float("nan")], pa.float16()),
        "float32": pa.array([0.1, None, float("inf")], pa.float32()),
        "float64": pa.array([0.1, None, float("nan")], pa.float64()),
        "bool": pa.array([True, None, False]),
        "text": pa.array(['é "😀"', None, ""]),
        "replaced": pa.array(["\ufffd", None, "x"]),
        "bytes": pa.array([b"\x00\xff", None, b""]),
        "decimal9": pa.array(
            [decimal.Decimal("1.50"), None, decimal.Decimal("-99.99")], pa.decimal128(4, 2)
        ),
        "decimal38": pa.array(
            [
                decimal.Decimal("0.10"),
                None,
                decimal.Decimal("-123456789012345678901234567890123456.78"),
            ],
            pa.decimal128(38, 2),
        ),
        "date": pa.array([datetime.date(2026, 11, 29), None, datetime.date(1, 1, 1)]),
        "time": pa.array([datetime.time(1, 2, 3), None, datetime.time(23, 59, 59, 999999)]),
        "millis": pa.array(
            [MOMENT.replace(microsecond=789000), None, datetime.datetime(1969, 12, 31, 23, 59, 59)],
            pa.timestamp("ms"),
        ),
        "micros": pa.array(
            [MOMENT.replace(tzinfo=UTC), None, datetime.datetime(1, 1, 1, tzinfo=UTC)],
            pa.timestamp("us", "UTC"),
        ),
        "nanos": pa.array([1, None, -1], pa.timestamp("ns")),
        "category": pa.array(["a", None, "b"]).dictionary_encode(),
        "uuid": pa.array([bytes(range(16)), None, bytes(16)], pa.uuid()),
    }
    return pa.table(columns)


def nested():
    struct = pa.struct([("x", pa.int32()), ("tags", pa.list_(pa.string()))])
    return pa.table(
        {
            "list": pa.array([[1, None, 3], [], None], pa.list_(pa.int32())),
            "lists": pa.array([[[1], []], None, [[2, 3]]], pa.list_(pa.list_(pa.int32()))),
            "struct": pa.array(
                [{"x": 1, "tags": ["a", None]}, {"x": None, "tags": None}, None], struct
            ),
            "structs": pa.array([[{"x": 1, "tags": []}, None], [], None], pa.list_(struct)),
            "map": pa.array([[("a", 1), ("b", None)], [], None], pa.map_(pa.string(), pa.int32())),
            "points": pa.array(
                [[({"x": 1}, 2)], None, []], pa.map_(pa.struct([("x", pa.int32())]), pa.int32())
            ),
            "numbers": pa.array(
                [[(1, [1.5])], None, []], pa.map_(pa.int32(), pa.list_(pa.float64()))
            ),
        }
    )


def rows(count, first=0):
    return pa.table(
        {"i": range(first, first + count), "s": [f"row {i}" for i in range(first, first + count)]}
    )


write("types.parquet", types())
write(
    "types-v2.parquet", types(), data_page_version="2.0", use_dictionary=False, compression="zstd"
)
write(
    "types-int96.parquet", pa.table({"t": pa.array([MOMENT])}), use_deprecated_int96_timestamps=True
)
write("nested.parquet", nested())
write("nested-v2.parquet", nested(), data_page_version="2.0", compression="gzip")
for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
    write(f"codec-{codec}.parquet", rows(100), compression=codec)
write("groups.parquet", rows(1_000), row_group_size=64, data_page_size=256)
write("more.parquet", rows(50, 1_000))
write("empty.parquet", rows(0))
write(
    "not-utf8.parquet", pa.table({"s": pa.array([b"good", b"b\xe9d", b"good"]).view(pa.string())})
)
write(
    "delta.parquet",
    rows(100),
    use_dictionary=False,
    column_encoding={"i": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY"},
)
