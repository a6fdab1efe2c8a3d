"""Answers SQL questions about small tables: `answer.py JOBS`, a JSON file of `[{zone, setup, parquet, queries, answers, as_written}]`.

Each table is made by its setup, written as Parquet (`stored`) and asked (`data`); the answers are written as JSON, one per query:
`{"rows": [[...]]}` or `{"error": "..."}`.
"""
import datetime
import decimal
import json
import math
import sys

import duckdb


def plain(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, decimal.Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value


def rows(connection, query):
    types = [str(column[1]) for column in connection.execute(query).description]
    if "TIMESTAMP WITH TIME ZONE" in types:
        # Python would need a package for zones; Tarn shows wall time too.
        names = [f"c{at}" for at in range(len(types))]
        shown = [f"cast({name} as timestamp)" if kind == "TIMESTAMP WITH TIME ZONE" else name for name, kind in zip(names, types)]
        connection.execute(f"select {', '.join(shown)} from ({query}) q({', '.join(names)})")
    return connection.fetchall()


def answer(connection, query, retried=False):
    try:
        return {"rows": [[plain(cell) for cell in row] for row in rows(connection, query)]}
    except duckdb.Error as error:
        if "BindBuiltinScalarFunction" in f"{error}" and not retried:
            # A mistake of its optimizer with split_part in a condition.
            connection.execute("pragma disable_optimizer")
            again = answer(connection, query, retried=True)
            connection.execute("pragma enable_optimizer")
            return again
        return {"error": f"{error}"}


for job in json.load(open(sys.argv[1])):
    connection = duckdb.connect()
    # As Tarn: a division by zero is null, the root of a negative number an error. One thread, so that rows have an order.
    connection.execute("set ieee_floating_point_ops = false; set error_on_division_by_zero = false; set threads = 1")
    if job["as_written"]:
        # The rewriter turns `x - 2 = 100` into `x = 102`, which does not overflow where `x - 2` does.
        connection.execute("set disabled_optimizers = 'expression_rewriter'")
    connection.execute(f"set TimeZone = '{job['zone']}'")
    for statement in job["setup"]:
        connection.execute(statement)
    connection.execute(f"copy stored to '{job['parquet']}' (format parquet, row_group_size 2048)")
    json.dump([answer(connection, query) for query in job["queries"]], open(job["answers"], "w"))
    connection.close()
