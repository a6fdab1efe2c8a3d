#!/usr/bin/env python3
"""What DuckDB says that every view of a dashboard must show.

    expect.py DASHBOARD.yaml DATA_DIR CASES.json > expected.json

Written from the documented semantics and from the author's YAML alone: nothing of Tarn's own compiler or engine is used.
CASES: [{"name", "filters": {id: text or null}, "grain"?, "search"?: {view: {column: text}}}]; an absent filter has its default, null
clears it.
Output: [{"case", "views": [{"view", "columns", "rows", "totals"}]}]
"""
import datetime
import json
import re
import sys

import duckdb
import yaml

from filters import FilterSet, newest_complete_day
from views import views_of


class Source:
    """One source of the file: its table in DuckDB and the SQL of its fields and measures."""

    def __init__(self, connection, name, block, data_dir):
        self.connection = connection
        self.table = f'"{name}"'
        locations = block["source"] if isinstance(block["source"], list) else [block["source"]]
        files = ", ".join(f"'{data_dir}/{location.removeprefix('data/')}'" for location in locations)
        connection.execute(f"create table {self.table} as from read_parquet([{files}])")
        self.time = block.get("time")
        # What `$name` stands for in expressions.
        self.parameters = {}
        self.measures = {key: value if isinstance(value, str) else value["sql"] for key, value in block.get("measures", {}).items()}
        self.dimensions = {key: value if isinstance(value, str) else value["sql"] for key, value in block.get("dimensions", {}).items()}

    def field(self, name):
        return f"({self.dimensions[name]})" if name in self.dimensions else f'"{name}"'

    def measure(self, name):
        """The measure's SQL with the measures that it names put in. A histogram's `count` needs no declaration."""
        sql = self.measures.get(name, "count(*)")
        for other in self.measures:
            if "{" + other + "}" in sql:
                sql = sql.replace("{" + other + "}", f"({self.measure(other)})")
        return sql

    def newest_complete_day(self):
        return newest_complete_day(self.connection, self.table, self.field(self.time)) if self.time else None

    def sql(self, select, where=(), tail=""):
        condition = " where " + " and ".join(where) if where else ""
        return f"select {select} from {self.table}{condition} {tail}"

    def rows(self, select, where=(), tail=""):
        return self.ask(self.sql(select, where, tail))

    def ask(self, sql):
        named = {name: value for name, value in self.parameters.items() if re.search(rf"\${name}\b", sql)}
        return [list(row) for row in self.connection.execute(sql, named).fetchall()]


def parameters(dashboard, chosen):
    """Every parameter's value: as chosen, else its default."""
    read = {"integer": int, "number": float, "text": str, "date": datetime.date.fromisoformat, "boolean": lambda text: text == "true"}
    return {name: read[block["type"]](str(chosen.get(name) or block["default"])) for name, block in dashboard.get("parameters", {}).items()}


def plain(value):
    """A cell as `result()` gives it: ISO 8601 text for times, numbers as numbers."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def main():
    dashboard_file, data_dir, cases_file = sys.argv[1:4]
    with open(dashboard_file, encoding="utf-8") as file:
        dashboard = yaml.safe_load(file)
    with open(cases_file, encoding="utf-8") as file:
        cases = json.load(file)
    # A division by zero gives null, as documented; without these DuckDB answers NaN or fails.
    connection = duckdb.connect(config={"ieee_floating_point_ops": False, "error_on_division_by_zero": False})
    sources = {name: Source(connection, name, block, data_dir) for name, block in dashboard["data"].items()}
    answer = []
    for case in cases:
        filters = FilterSet(dashboard, sources, case["filters"])
        for source in sources.values():
            source.parameters = parameters(dashboard, case["filters"])
        views = []
        for view in views_of(dashboard, sources):
            columns, rows, totals = view.expect(filters, case.get("grain"), case.get("search", {}).get(view.id))
            views.append({"view": view.id, "columns": columns, "rows": [[plain(cell) for cell in row] for row in rows],
                          "totals": [plain(cell) for cell in totals]})
        answer.append({"case": case["name"], "views": views})
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
