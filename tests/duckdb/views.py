"""Every view of a dashboard as SQL."""
import datetime
import math
import re

KINDS = ("kpi", "line", "area", "histogram", "bar", "table", "heatmap", "scatter", "combo", "box")


def views_of(dashboard, sources):
    """All views of all pages, with the ids that the documentation promises."""
    taken, found = {}, []
    for page in dashboard["pages"]:
        blocks = [block for row in page["rows"] for block in listed(row)]
        in_force = list(page.get("filters", []))
        for block in blocks:
            selected = [*listed(block.get("selects", [])), *levels(block, dashboard)]
            in_force += [name for name in dict.fromkeys(selected) if name not in in_force]
        for block in blocks:
            if not any(kind in block for kind in KINDS):
                continue
            view = View(block, dashboard, sources, in_force)
            taken[view.id] = taken.get(view.id, 0) + 1
            if taken[view.id] > 1:
                view.id += f"-{taken[view.id]}"
            found.append(view)
    return found


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def listed(value):
    return value if isinstance(value, list) else [value]


def levels(block, dashboard):
    """The filters of a hierarchy's levels, the first one's first."""
    found = []
    for dimension in block.get("drill", []):
        names = [
            name
            for name, filter in dashboard["filters"].items()
            if filter["type"] in ("multi_select", "select") and filter["field"].split(".", 1)[1] == dimension
        ]
        found += names[:1]
    return found


class View:
    def __init__(self, block, dashboard, sources, in_force):
        self.block, self.in_force = block, in_force
        # At its first level it selects that level's filter.
        self.selects = [*listed(block.get("selects", [])), *levels(block, dashboard)[:1]]
        self.kind = next(kind for kind in KINDS if kind in block)
        self.source_name = block.get("source") or next(iter(dashboard["data"]))
        self.source = sources[self.source_name]
        if self.kind == "histogram":
            self.measures, self.keys = [block.get("measure", "count")], [block["histogram"]]
        elif self.kind == "scatter" and "by" not in block:
            self.measures, self.keys = ["count"], [*block["scatter"], *listed(block.get("size", [])), *listed(block.get("color", []))]
        elif self.kind == "scatter":
            self.measures = [*block["scatter"], *listed(block.get("size", []))]
            self.keys = [block["by"], *listed(block.get("color", []))]
        elif self.kind == "box":
            self.measures, self.keys = ["count", *(f"{block['box']}_{end}" for end in ("min", "q1", "median", "q3", "max"))], [block["by"]]
        elif self.kind == "combo":
            self.measures, self.keys = [*listed(block["combo"]), *listed(block["lines"])], [block["by"]]
        else:
            self.measures, self.keys = listed(block[self.kind]), [*listed(block.get("by", [])), *listed(block.get("color", []))]
        self.facet = block.get("facet")
        if isinstance(self.facet, str):
            self.facet = {"by": self.facet}
        self.id = block.get("id") or slug(block.get("title", "")) or "-".join([self.kind, *self.measures, *(["by", *self.keys] if self.keys else [])])

    def expect(self, filters, grain, search=()):
        """(columns, rows, totals): the answer that `result()` must give."""
        where = filters.conditions(self.in_force, self.source_name, without=self.selects)
        totals = self.source.rows(self.select([]), where)[0]
        if self.kind == "kpi":
            return self.kpi(filters, totals)
        if self.facet:
            columns, rows = self.panels(where, grain)
            return [self.facet["by"], *columns], rows, totals
        if self.kind == "scatter":
            columns, rows = self.points(where)
            return columns, rows, totals
        if search:
            return [*self.keys, *self.measures], *self.searched(where, search)
        if "color" in self.block:
            return [*self.keys, *self.measures], self.series(where, grain), totals
        rows = {"line": self.line, "area": self.line, "combo": self.combo, "box": self.boxes, "histogram": self.histogram, "bar": self.ranking, "table": self.ranking,
                "heatmap": self.cells}[self.kind](where, grain)
        return [*self.keys, *self.measures], rows, totals

    def select(self, keys):
        if self.kind == "box":
            of = self.source.field(self.block["box"])
            quartiles = [f"quantile_cont({of}, {share})" for share in (0.25, 0.5, 0.75)]
            return ", ".join([*keys, "count(*)", f"min({of})", *quartiles, f"max({of})"])
        return ", ".join([*keys, *(self.source.measure(name) for name in self.measures)])

    def kpi(self, filters, now):
        compared = filters.comparison(self.in_force, self.source_name)
        if compared is None:
            return self.measures, [now], now
        before = self.source.rows(self.select([]), filters.conditions(self.in_force, self.source_name, shifted=compared))[0]
        columns = [column for name in self.measures for column in (name, f"{name}_previous")]
        return columns, [[cell for pair in zip(now, before) for cell in pair]], now

    def panels(self, where, grain):
        """The panels with the greatest first measure, numbers in their order; the rows of each one after the other."""
        field, free = self.source.field(self.facet["by"]), self.facet.get("scales") == "free"
        shown = self.greatest(field, where, self.facet.get("limit", 12))
        if not any(isinstance(value, (str, bool)) for value in shown):
            shown.sort(key=lambda value: (value is None, value))
        of = {value: [*where, f"{field} is not distinct from {literal(value)}"] for value in shown}
        within = [*where, "(" + " or ".join(of[value][-1] for value in shown) + ")"] if shown else ["false"]
        if self.kind == "scatter":
            columns, rows = self.points(within, of, field)
            return columns, rows
        keys, tail = [self.source.field(key) for key in self.keys], self.block.get("top", 8)
        groups = None
        if self.kind in ("bar", "box") and not (free and "color" not in self.block):
            groups = self.greatest(keys[0], where, tail)
        if "color" in self.block:
            adds_up = re.fullmatch(r"(count|sum)\([^()]*\)", self.source.measures.get(self.measures[0], "count(*)"))
            colors = self.greatest(keys[-1], where, self.block.get("series", 6), None if adds_up else "count(*)")
        unit = grain if grain in listed(self.block.get("grain", "day")) else listed(self.block.get("grain", "day"))[0]
        in_time = self.keys[0] == self.source.time
        found = {}
        for value in shown:
            if self.kind == "histogram":
                found[value] = self.histogram(of[value], grain)
            elif in_time:
                positions = ", ".join(str(at + 1) for at in range(len(keys)))
                found[value] = self.source.rows(self.select([f"date_trunc('{unit}', {keys[0]})", *keys[1:]]), of[value], f"group by {positions}")
            elif groups is None and self.kind == "bar":
                found[value] = self.ranking(of[value], grain)
            else:
                positions = ", ".join(str(at + 1) for at in range(len(keys)))
                order = ", ".join(f"{at + 1} asc nulls last" for at in range(len(keys)))
                found[value] = self.source.rows(self.select(keys), of[value], f"group by {positions} order by {order}")
            if groups is not None:
                found[value] = [row for row in found[value] if row[0] in groups]
                found[value].sort(key=lambda row: groups.index(row[0]))
            if "color" in self.block:
                found[value] = [row for row in found[value] if row[len(keys) - 1] in colors]
                found[value].sort(key=lambda row: (groups.index(row[0]) if groups is not None else row[0], colors.index(row[len(keys) - 1])))
        if in_time:
            found = self.filled(found, len(keys), unit, colors if "color" in self.block else None)
        return [*self.keys, *self.measures], [[value, *row] for value in shown for row in found[value]]

    def filled(self, found, n_keys, unit, colors):
        """Every panel, and every colour that is in it, has the steps of all of them."""
        times = [row[0] for rows in found.values() for row in rows]
        if not times:
            return found
        gap, filled = self.nothing(), {}
        for value, rows in found.items():
            known = {tuple(row[:n_keys]): row for row in rows}
            own = [(name,) for name in colors if any(row[1] == name for row in rows)] if colors else [()]
            filled[value] = [known.get((at, *name), [at, *name, *gap]) for at in steps(min(times), max(times), unit) for name in own]
        return filled

    def nothing(self):
        """The measures over no rows: what a gap shows."""
        return self.source.rows(self.select([]), ["false"])[0]

    def line(self, where, grain):
        grains = listed(self.block.get("grain", "day"))
        unit = grain if grain in grains else grains[0]
        field = self.source.field(self.keys[0])
        key = f"date_trunc('{unit}', {field})"
        rows = self.source.rows(self.select([key]), [*where, f"{field} is not null"], "group by 1 order by 1")
        if not rows:
            return []
        found, gap = {row[0]: row for row in rows}, self.nothing()
        return [found.get(at, [at, *gap]) for at in steps(rows[0][0], rows[-1][0], unit)]

    def combo(self, where, grain):
        """Over time as a line; numbers in their order."""
        if self.keys[0] == self.source.time:
            return self.line(where, grain)
        return self.source.rows(self.select([self.source.field(self.keys[0])]), where, "group by 1 order by 1 nulls last")

    def series(self, where, grain):
        """Of the colours the greatest by the measure, of a bar chart's groups too; the gaps of a series are filled."""
        by, color = (self.source.field(key) for key in self.keys)
        adds_up = re.fullmatch(r"(count|sum)\([^()]*\)", self.source.measures.get(self.measures[0], "count(*)"))
        colors = self.greatest(color, where, self.block.get("series", 6), None if adds_up else "count(*)")
        if self.kind == "bar":
            groups = self.greatest(by, where, self.block.get("top", 20))
            found = {tuple(row[:2]): row for row in self.source.rows(self.select([by, color]), where, "group by 1, 2")}
            return [found[group, name] for group in groups for name in colors if (group, name) in found]
        unit = grain if grain in listed(self.block.get("grain", "day")) else listed(self.block.get("grain", "day"))[0]
        key, gap = f"date_trunc('{unit}', {by})", self.nothing()
        rows = [row for row in self.source.rows(self.select([key, color]), where, "group by 1, 2") if row[1] in colors]
        if not rows:
            return []
        found = {tuple(row[:2]): row for row in rows}
        times = steps(min(row[0] for row in rows), max(row[0] for row in rows), unit)
        return [found.get((at, name), [at, name, *gap]) for at in times for name in colors]

    def greatest(self, field, where, n, by=None):
        """By the first measure, or by what is said."""
        rows = self.source.rows(f"{field}, {by}" if by else self.select([field]), where, f"group by 1 order by 2 desc nulls last, 1 asc nulls last limit {n}")
        return [row[0] for row in rows]

    def histogram(self, where, _grain):
        bins = self.block["bins"]
        low, high, width = bins["from"], bins["to"], bins["width"]
        field = self.source.field(self.keys[0])
        key = f"cast(floor(({field} - ({low})) / {width}.0) as bigint)"
        rows = self.source.rows(self.select([key]), [*where, f"{field} >= {low}", f"{field} < {high}"], "group by 1")
        found, gap = {row[0]: row[1:] for row in rows}, self.nothing()
        return [[low + index * width, *found.get(index, gap)] for index in range(-(-(high - low) // width))]

    def cells(self, where, _grain):
        """Every combination that has rows, by its keys."""
        return self.source.rows(self.select([self.source.field(key) for key in self.keys]), where, "group by 1, 2 order by 1, 2")

    def points(self, where, panels=None, panel=None):
        """Of groups the largest; of rows themselves or, where they are many, how many lie in each rectangle, panel by panel."""
        most = self.block.get("points", 5000)
        if "by" in self.block:
            keys = ", ".join(map(str, range(1, len(self.keys) + 1)))
            order = f"{len(self.keys) + (3 if 'size' in self.block else 1)} desc nulls last, {keys}"
            fields = self.select([self.source.field(key) for key in self.keys])
            return [*self.keys, *self.measures], self.source.rows(fields, where, f"group by {keys} order by {order} limit {most}")
        fields = [self.source.field(key) for key in self.keys]
        scale = self.block.get("scale", "linear")
        scales = [scale.get(key, "linear") if isinstance(scale, dict) else scale for key in self.keys[:2]]
        fields = [*(straight(kind, field) for kind, field in zip(scales, fields)), *fields[2:]]
        axes = [self.rectangles(key, kind, n) for key, kind, n in zip(self.keys, scales, (60, 40))]
        within = [*where, *(test for field, (low, high, _) in zip(fields, axes) for test in (f"{field} >= {low}", f"{field} < {high}"))]
        own_fields = [self.source.field(key) for key in self.keys]
        rows = self.source.rows(", ".join([*([panel] if panel else []), *own_fields]), within)
        if len(rows) <= most:
            return self.keys, rows
        bins = [f"cast(floor(({field} - ({low})) / {float(width)}) as bigint)" for field, (low, _, width) in zip(fields, axes)]
        own = list((panels or {None: where}).items())
        tests = within[len(where):]
        counted = [
            {(x, y): n for x, y, n in self.source.rows(f"{bins[0]}, {bins[1]}, count(*)", [*of, *tests], "group by 1, 2")} for _, of in own
        ]
        (x_low, x_high, x_width), (y_low, y_high, y_width) = axes
        across, up = math.ceil((x_high - x_low) / x_width - 1e-9), math.ceil((y_high - y_low) / y_width - 1e-9)
        cells = [
            [*([value] if panels else []), value_of(scales[0], x_low + x * x_width), value_of(scales[1], y_low + y * y_width), known.get((x, y), 0)]
            for (value, _), known in zip(own, counted)
            if known or not panels
            for x in range(across)
            for y in range(up)
        ]
        return [*self.keys[:2], "count"], cells

    def rectangles(self, key, scale, n):
        """From where to where an axis reaches, and its step: 1, 2 or 5 times a power of ten, at most n of them. Of whole numbers, or of
        their logarithms."""
        field = straight(scale, self.source.field(key))
        bounds = self.block.get("bounds", {}).get(key)
        low, high = map(STRAIGHT[scale], bounds) if bounds else self.source.rows(f"min({field}), max({field})")[0]
        width = next(w * 10**p for p in range(-9, 12) for w in (1, 2, 5) if w * 10**p >= (high - low) / n)
        width = max(1, width) if scale == "linear" else width
        if bounds:
            return low, high, width
        low = math.floor(low / width) * width
        return low, low + (math.floor((high - low) / width) + 1) * width, width

    def boxes(self, where, _grain):
        """Of names those with most rows, of anything else all, by key."""
        field = self.source.field(self.keys[0])
        rows = self.source.rows(self.select([field]), where, "group by 1 order by 1 asc nulls last")
        if not any(isinstance(row[0], (str, bool)) for row in rows):
            return rows
        return sorted(rows, key=lambda row: -row[1])[: self.block.get("top") or 20]

    def ranking(self, where, _grain):
        """Bars and tables: the greatest of the first measure first; ties, and everything after it, by key."""
        if self.block.get("vertical"):
            rows = self.source.rows(self.select([self.source.field(self.keys[0])]), where, "group by 1 order by 1 asc nulls last")
            if not any(isinstance(row[0], (str, bool)) for row in rows):
                return rows
        limit = self.block.get("top") or self.block.get("limit")
        tail = f"group by {', '.join(map(str, range(1, len(self.keys) + 1)))} order by {self.order()}" + (f" limit {limit}" if limit else "")
        return self.source.rows(self.select([self.source.field(key) for key in self.keys]), where, tail)

    def order(self):
        positions = range(1, len(self.keys) + 1)
        return ", ".join([f"{len(self.keys) + 1} desc nulls last", *(f"{position} asc nulls last" for position in positions)])

    def searched(self, where, search):
        """A table's rows in whose columns everything is found that is looked for, and the measures over the rows of those groups alone."""
        fields, names = [self.source.field(key) for key in self.keys], [*self.keys, *self.measures]
        by = ", ".join(map(str, range(1, len(self.keys) + 1)))
        groups = self.source.sql(self.select(fields), where, f"group by {by}")
        columns = ", ".join(f"c{at}" for at in range(len(names)))
        tests = [test for name, text in search.items() for test in found(f"c{names.index(name)}", text)]
        kept = f"select * from ({groups}) groups({columns}) where {' and '.join(tests)}"
        limit = f" limit {self.block['limit']}" if "limit" in self.block else ""
        rows = self.source.ask(f"{kept} order by {self.order()}{limit}")
        same = " and ".join(f"{field} is not distinct from kept.c{at}" for at, field in enumerate(fields))
        return rows, self.source.rows(self.select([]), [*where, f"exists (from ({kept}) kept where {same})"])[0]


def found(column, text):
    """Conditions that a search in a column stands for: of numbers comparisons, of anything else a part of it, whatever its case."""
    comparisons = re.findall(r"(<=|>=|<|>|=)\s*(-?[\d.]+)(%?)", text)
    if comparisons:
        return [f"{column} {sign} {number}{' / 100.0' if percent else ''}" for sign, number, percent in comparisons]
    return [f"contains(lower(cast({column} as varchar)), '{text.lower()}')"]


def straight(scale, field):
    """What the bins of an axis are equal in. A power of ten is in the bin that it begins, whatever the logarithm's last digit."""
    if scale == "log":
        return f"(case when {field} > 0 then log10({field}) end + 1e-9)"
    return f"(sign({field}) * log10(abs({field}) + 1) + 1e-9)" if scale == "symlog" else field


STRAIGHT = {"linear": lambda at: at, "log": math.log10, "symlog": lambda at: math.copysign(math.log10(abs(at) + 1), at)}


def value_of(scale, at):
    return 10**at if scale == "log" else math.copysign(10 ** abs(at) - 1, at) if scale == "symlog" else at


def literal(value):
    return "null" if value is None else "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def steps(first, last, unit):
    at = first
    while at <= last:
        yield at
        if unit == "month":
            at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
        else:
            at += datetime.timedelta(days=7 if unit == "week" else 1)
