"""Filter values as SQL conditions: half-open intervals, periods counted back from the newest complete day, null fails."""
import datetime

DAY = datetime.timedelta(days=1)


def newest_complete_day(connection, table, expression):
    """The day before the day of the newest timestamp."""
    newest = connection.execute(f"select max({expression}) from {table}").fetchone()[0]
    if newest is None:
        return None
    return (newest.date() if isinstance(newest, datetime.datetime) else newest) - DAY


class FilterSet:
    """The values in force for one case."""

    def __init__(self, dashboard, sources, chosen):
        self.sources = sources
        self.blocks = dashboard["filters"]
        self.values = {}
        for name, block in self.blocks.items():
            value = chosen[name] if name in chosen else block.get("default")
            if value is not None:
                self.values[name] = value

    def source_name(self, name):
        return self.blocks[name]["field"].split(".")[0]

    def interval(self, name):
        """The two ends of a date range; an open end is None."""
        days = self.sources[self.source_name(name)].newest_complete_day()
        return resolve_period(self.values[name], days)

    def conditions(self, in_force, source, without=(), shifted=None):
        """One SQL condition per filter of `in_force` that has a value and belongs to the source. `shifted` replaces the
        interval of that filter: (name, (from, to))."""
        found = []
        plain = [name for name in in_force if name in self.values and self.blocks[name]["type"] != "top"]
        for name in in_force:
            if name in without or name not in self.values or self.source_name(name) != source:
                continue
            expression = self.sources[source].field(self.blocks[name]["field"].split(".", 1)[1])
            value, kind = self.values[name], self.blocks[name]["type"]
            if kind == "date_range":
                interval = shifted[1] if shifted and shifted[0] == name else self.interval(name)
                found += ends(expression, *(end and f"timestamp '{end.isoformat(' ')}'" for end in interval))
            elif kind == "range":
                found += ends(expression, *(end or None for end in value.split("..")))
            elif kind in ("multi_select", "select"):
                found.append(membership(expression, value))
            elif kind == "search":
                found.append(f"contains(lower({expression}), lower({quoted(value)}))")
            elif kind == "top":
                others = self.conditions(plain, source)
                measure = self.sources[source].measure(self.blocks[name]["by"])
                ranked = self.sources[source].rows(f"{expression}, {measure}", others, f"group by 1 order by 2 desc nulls last, 1 limit {value}")
                kept = ", ".join(quoted(str(row[0])) for row in ranked)
                found.append(f"{expression} in ({kept})" if kept else "false")
            elif kind == "boolean":
                found.append(f"{expression} is {value}")
        return found

    def comparison(self, in_force, source):
        """(filter, interval) that changes are measured against, where a filter in force asks for it and has both ends."""
        for name in in_force:
            # Parameters stand among a page's filters, too.
            block = self.blocks.get(name, {})
            if "compare" in block and name in self.values and self.source_name(name) == source:
                start, end = self.interval(name)
                if start is not None and end is not None:
                    return name, compared(start, end, block["compare"])
        return None


def ends(expression, low, high):
    return [f"{expression} {sign} {end}" for sign, end in ((">=", low), ("<", high)) if end is not None]


def membership(expression, text):
    values = text.split(",")
    listed = ", ".join(quoted(value) for value in values if value != "\\N")
    parts = [f"{expression} in ({listed})"] if listed else []
    parts += [f"{expression} is null"] if "\\N" in values else []
    return "(" + " or ".join(parts) + ")"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def resolve_period(text, last_day):
    words = text.lower().split()
    end = midnight(last_day + DAY)
    if words[0] == "last":
        return back(end, int(words[1]), words[2].rstrip("s")), end
    if words[1:] == ["to", "date"]:
        return start_of(midnight(last_day), words[0]), end
    if words[0] == "previous":
        end = start_of(midnight(last_day), words[1])
        return back(end, 1, words[1]), end
    low, high = text.split("..")
    return instant(low), instant(high)


def instant(text):
    return datetime.datetime.fromisoformat(text) if text else None


def midnight(day):
    return datetime.datetime.combine(day, datetime.time())


def start_of(at, unit):
    if unit == "week":
        return at - at.weekday() * DAY
    if unit == "month":
        return at.replace(day=1)
    if unit == "quarter":
        return at.replace(month=(at.month - 1) // 3 * 3 + 1, day=1)
    if unit == "year":
        return at.replace(month=1, day=1)
    return at


def back(at, count, unit):
    per_unit = {"month": 1, "quarter": 3, "year": 12}
    if unit in per_unit:
        return months_before(at, count * per_unit[unit])
    return at - count * (7 if unit == "week" else 1) * DAY


def months_before(at, count):
    months = at.year * 12 + at.month - 1 - count
    year, month = divmod(months, 12)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)


def compared(start, end, how):
    """Whole months against as many whole months before; anything else against the same length just before."""
    if how == "previous year":
        return months_before(start, 12), months_before(end, 12)
    starts_month = all(at == midnight(at.date().replace(day=1)) for at in (start, end))
    months = (end.year - start.year) * 12 + end.month - start.month
    if starts_month and months > 0:
        return months_before(start, months), months_before(end, months)
    return start - (end - start), start
