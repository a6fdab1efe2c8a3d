"""Ten million flights from three: make_10m.py FLIGHTS.parquet OUT.parquet

Four copies one after the other, each 180 days later than the last, with delays moved by a few minutes; in the order of time, in row
groups of 250,000 rows.
"""
import sys

import duckdb

source, out = sys.argv[1:3]
duckdb.connect().execute(
    f"""
    copy (
      select
        date + to_days(copy * 180) as date,
        delay + (hash(date, distance, origin, copy) % 9)::bigint - 4 as delay,
        distance,
        origin,
        destination
      from read_parquet('{source}'), (values (0), (1), (2), (3)) copies(copy)
      order by date
      limit 10000000
    ) to '{out}' (format parquet, compression zstd, row_group_size 250000)
    """
)
