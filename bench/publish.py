"""`tarn publish` beside DuckDB's `COPY … TO`, on the same input in the same run: publish.py TARN [--rows N] [--postgres N] [--work FOLDER]

Prints seconds, rows per second and the peak of resident memory of each, and what they are beside DuckDB's. Rows come in no order, in ten
files or in one table; both write them in the order of time, in row groups of 131,072 rows, with zstd. DuckDB is also measured without
the order, as an export that is only converted. A last step adds one row in a hundred, the newest, and publishes again.
"""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import duckdb

DASHBOARD = """
title: Flights
data:
  flights:
    source: out/manifest.json
    ttl: 5m
    schema: { date: timestamp!, delay: int64, distance: int64!, origin: string!, destination: string! }
    time: date
    measures: { flights: count(*) }
pages:
  - title: Overview
    rows: [[kpi: flights]]
"""
# Bytes of free disk that a row needs at most: the input, sorted runs, files to be sent, their copy in the target, DuckDB's outputs.
DISK_PER_ROW = 200
ROW = """
  timestamp '2001-01-01' + to_microseconds(t * 600000) as date,
  case when hash(t) % 50 > 0 then (hash(t + 1) % 240)::bigint - 60 end as delay,
  (hash(t + 2) % 2500)::bigint as distance,
  'A' || (hash(t + 3) % 300) as origin,
  'A' || (hash(t + 4) % 300) as destination"""


def shuffled(n, start, end):
    """The rows whose place in a fixed permutation of 0..n is in start..end."""
    return f"select {ROW} from (select (i * 48271) % {n} as t from range({start}, {end}) r(i))"


def measured(command, **options):
    """Seconds, and megabytes of resident memory at the most."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
    answer = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{command} ended with {child.returncode}: {answer}"
    return time.monotonic() - started, usage.ru_maxrss * 1024 / 1e6, answer


class Table:
    def __init__(self, n_rows):
        self.n_rows = n_rows
        self.first = None

    def add(self, what, seconds, megabytes):
        rate = self.n_rows / seconds
        self.first = self.first or (rate, megabytes)
        beside = f"{rate / self.first[0]:5.2f} × its rows/s, {megabytes / self.first[1]:5.2f} × its memory"
        print(f"  {what:34} {seconds:8.1f} s  {rate / 1e6:6.2f} M rows/s  {megabytes:7.0f} MB peak   {beside}", flush=True)


COPY = """
import sys, duckdb
select, out, order = sys.argv[1:4]
connection = duckdb.connect(config={'temp_directory': out + '.tmp'})
if len(sys.argv) > 4:
    from adbc_driver_postgresql import dbapi
    cursor = dbapi.connect(sys.argv[4]).cursor()
    cursor.execute(select)
    rows = cursor.fetch_arrow()
    select = 'from rows'
connection.sql(f"copy ({select} {order}) to '{out}' (format parquet, compression zstd, row_group_size 131072)")
"""


def publish(tarn, work, source, memory=None):
    (work / "publish.yaml").write_text(f"dashboard: dashboard.yaml\nfrom: {source}\nto: out\n")
    options = ["--memory", str(memory)] if memory else []
    seconds, megabytes, answer = measured([tarn, "publish", str(work / "publish.yaml"), "--log", "json", *options], env={**os.environ, "TMPDIR": str(work)})
    return seconds, megabytes, json.loads(answer)


def side_by_side(tarn, work, n_rows, source, select, uri=()):
    table = Table(n_rows)
    out = work / "duckdb.parquet"
    for what, order in [("DuckDB, COPY … ORDER BY … TO", "order by date"), ("DuckDB, COPY … TO, as rows come", "")]:
        seconds, megabytes, _ = measured([sys.executable, "-c", COPY, select, str(out), order, *uri])
        table.add(what, seconds, megabytes)
        print(f"  {'':34} wrote {out.stat().st_size / 1e6:,.0f} MB")
        out.unlink()
    seconds, megabytes, outcome = publish(tarn, work, source)
    assert outcome["rows"] == n_rows, outcome
    table.add("tarn publish", seconds, megabytes)
    print(f"  {'':34} wrote {outcome['bytes_written'] / 1e6:,.0f} MB in {outcome['files_written']} files")


def from_parquet(tarn, work, n_rows):
    print(f"\n{n_rows:,} rows from Parquet", flush=True)
    exports = work / "exports"
    exports.mkdir()
    connection = duckdb.connect()
    for part in range(10):
        rows = shuffled(n_rows, n_rows * part // 10, n_rows * (part + 1) // 10)
        connection.sql(f"copy ({rows}) to '{exports}/{part}.parquet' (format parquet, compression zstd)")
    side_by_side(tarn, work, n_rows, "{ parquet: exports }", f"select * from '{exports}/*.parquet'")

    more = n_rows // 100
    connection.sql(f"copy (select {ROW} from range({n_rows}, {n_rows + more}) r(t)) to '{exports}/new.parquet' (format parquet, compression zstd)")
    seconds, megabytes, outcome = publish(tarn, work, "{ parquet: exports }")
    share = outcome["bytes_written"] / outcome["bytes"]
    print(f"  1 % more rows, the newest: {outcome['files_written']} of {outcome['files']} files written, {outcome['bytes_written'] / 1e6:,.1f} of "
          f"{outcome['bytes'] / 1e6:,.1f} MB ({share:.2%}); {seconds:.1f} s, {megabytes:.0f} MB peak", flush=True)
    shutil.rmtree(exports)
    shutil.rmtree(work / "out")


def from_postgres(tarn, work, n_rows):
    print(f"\n{n_rows:,} rows from PostgreSQL", flush=True)
    import adbc_driver_postgresql

    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path(shutil.which("pg_ctl") or "/usr/bin/pg_ctl").parent)
    # PostgreSQL refuses to run as root.
    owner = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    folder = work / "postgres"
    folder.mkdir()
    if owner:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # `-w` waits until it answers.
    run = lambda name, *arguments: subprocess.run([programs / name, "-D", folder / "data", *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
    run("initdb", "-A", "trust", "-U", "tarn", "--no-sync")
    run("pg_ctl", "-o", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off", "-l", folder / "log", "-w", "start")
    try:
        uri = f"postgresql://tarn@127.0.0.1:{port}/postgres"
        hash = "(hashint8({}) & 2147483647)".format
        made = f"""create unlogged table flights as select
          timestamp '2001-01-01' + interval '0.6 second' * t as date,
          case when {hash("t")} % 50 > 0 then ({hash("t + 1")} % 240)::bigint - 60 end as delay, ({hash("t + 2")} % 2500)::bigint as distance,
          'A' || {hash("t + 3")} % 300 as origin, 'A' || {hash("t + 4")} % 300 as destination
          from (select i * 48271 % {n_rows} as t from generate_series(0::bigint, {n_rows - 1}) i) t"""
        subprocess.run([programs / "psql", uri, "-q", "-v", "ON_ERROR_STOP=1", "-c", made], check=True)
        driver = Path(adbc_driver_postgresql.__file__).with_name("libadbc_driver_postgresql.so")
        source = f"{{ driver: '{driver}', uri: '{uri}', table: flights }}"
        side_by_side(tarn, work, n_rows, source, "select * from flights", [uri])
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
        shutil.rmtree(work / "out", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tarn", help="the program, built with the feature `publish`")
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--postgres", type=int, default=10_000_000)
    parser.add_argument("--work", type=Path, default=Path("target/bench/publish"))
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    needed = max(arguments.rows, arguments.postgres) * DISK_PER_ROW
    free = shutil.disk_usage(work).free
    if free < needed:
        sys.exit(f"{work} has {free / 1e9:.0f} GB of free disk, and {needed / 1e9:.0f} GB are needed: give --work another folder, or fewer --rows")
    (work / "dashboard.yaml").write_text(DASHBOARD)
    tarn = os.path.abspath(arguments.tarn)
    print(f"DuckDB {duckdb.__version__}, {os.cpu_count()} processors; ratios are to DuckDB's COPY … ORDER BY … TO", flush=True)
    if arguments.rows:
        from_parquet(tarn, work, arguments.rows)
    if arguments.postgres:
        from_postgres(tarn, work, arguments.postgres)
    shutil.rmtree(work)


main()
