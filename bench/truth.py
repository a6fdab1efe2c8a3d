"""Reference answers of workload W from native DuckDB: truth.py FILE.parquet > truth.json

Answers for the unfiltered page and for some steps of every interaction, the steps themselves, and how many bytes the footer says that
the page needs.
"""
import json
import sys

import duckdb

DAY_MS = 86_400_000
connection = duckdb.connect(config={"threads": 1})
connection.execute("create table t as from read_parquet(?)", [sys.argv[1]])

PREDICATES = {
    "delay": lambda v: f"delay >= {v[0]} and delay < {v[1]}",
    "origin": lambda v: f"origin = '{v}'",
    "date": lambda v: f"epoch_ms(date) >= {v[0]} and epoch_ms(date) < {v[1]}",
}


def rows(sql):
    return connection.execute(sql).fetchall()


def where(filters, own, extra=None):
    clauses = [PREDICATES[name](value) for name, value in filters.items() if name != own]
    clauses += [extra] if extra else []
    return "where " + " and ".join(clauses) if clauses else ""


def dense(pairs, n):
    values = [0] * n
    for index, count in pairs:
        values[int(index)] = count
    return values


def views(f):
    """All results of W; a view ignores the filter that it selects."""
    n, avg, late = rows(f"select count(*), avg(delay), avg((delay > 15)::int) from t {where(f, None)}")[0]
    by_day = rows(f"select epoch_ms(date) // {DAY_MS} d, count(*) from t {where(f, 'date')} group by 1 order by 1")
    h1 = rows(f"select (delay + 60) // 10, count(*) from t {where(f, 'delay', 'delay >= -60 and delay < 180')} group by 1")
    h2 = rows(f"select distance // 200, count(*) from t {where(f, None, 'distance >= 0 and distance < 5000')} group by 1")
    h3 = rows(f"select hour(date), count(*) from t {where(f, None)} group by 1")
    b1 = rows(f"select origin, count(*) n from t {where(f, 'origin')} group by 1 order by n desc, origin limit 20")
    b2 = rows(f"select destination, count(*) n, avg(delay) from t {where(f, None)} group by 1 order by n desc, 1 limit 20")
    return {
        "K": [n, avg, late],
        "L": [[int(day), count] for day, count in by_day],
        "H1": dense(h1, 24),
        "H2": dense(h2, 25),
        "H3": dense(h3, 24),
        "B1": [list(row) for row in b1],
        "B2": [list(row) for row in b2],
    }


first, last = rows("select epoch_ms(min(date)), epoch_ms(max(date)) from t")[0]
domain = [first - first % DAY_MS, last - last % DAY_MS + DAY_MS]
initial = views({})
steps = {
    "brush": [{"delay": [round(-60 + i * 1.2, 6), round(-60 + i * 1.2 + 60, 6)]} for i in range(100)],
    "category": [{"origin": row[0]} for row in initial["B1"]],
    "date": [{"date": [domain[0] + i * 5 * DAY_MS, domain[0] + (i * 5 + 30) * DAY_MS]} for i in range(20)],
}
checked = {"brush": [0, 50, 99], "category": [3], "date": [7]}
answers = {"initial": initial}
for name, indices in checked.items():
    for index in indices:
        answers[f"{name}:{index}"] = views(steps[name][index])
# W reads all columns and all rows.
sums = "select sum(total_compressed_size)::bigint from parquet_metadata(?)"
needed = connection.execute(sums, [sys.argv[1]]).fetchone()[0]
with open(sys.argv[1], "rb") as file:
    file.seek(-8, 2)
    size = {"neededBytes": needed, "footerBytes": int.from_bytes(file.read(4), "little") + 8}
json.dump({"rows": initial["K"][0], **size, "domain": domain, "steps": steps, "checked": checked, "answers": answers}, sys.stdout)
