import altair as alt
import duckdb
import pandas as pd
import streamlit as st

st.set_page_config(page_title="Flights", layout="wide")


@st.cache_data(ttl=300)
def load():
    return duckdb.sql("select * from 'data/flights-3m.parquet'").df()


df = load()
df["hour"] = df.date.dt.hour
df["weekday"] = df.date.dt.dayofweek + 1
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
newest = df.date.max().normalize()

st.title("Flights")
with st.sidebar:
    period = st.date_input("Period", (newest - pd.Timedelta(days=28), newest - pd.Timedelta(days=1)), key="period")
    origins = st.multiselect("Origin", sorted(df.origin.unique()), key="origins")
    ends = {field: (int(df[field].min()), int(df[field].max())) for field in ["delay", "distance"]}
    delays = st.slider("Delay, min", *ends["delay"], ends["delay"], key="delays")
    distances = st.slider("Distance, mi", *ends["distance"], ends["distance"], key="distances")
    late_after = st.number_input("Late after, min", 0, 180, 15, 5, key="late_after")
if len(period) < 2:
    st.stop()
start, end = pd.Timestamp(period[0]), pd.Timestamp(period[1]) + pd.Timedelta(days=1)


def chosen(view, field):
    """The interval or the values that somebody chose in a chart, of the former run."""
    selection = st.session_state.get(view, {}).get("selection", {}).get("choice", {})
    if isinstance(selection, list):
        return [point[field] for point in selection if field in point] or None
    return selection.get(field)


CHARTS = {
    "line": ("date", "interval"),
    "delay": ("delay", "interval"),
    "distance": ("distance", "interval"),
    "hour": ("hour", "interval"),
    "origin": ("origin", "point"),
    "destination": ("destination", "point"),
}


def rows(but=None, since=start, until=end):
    """The rows under every filter but the one that a view chooses itself."""
    mask = (df.date >= since) & (df.date < until) & df.delay.between(*delays) & df.distance.between(*distances)
    if origins:
        mask &= df.origin.isin(origins)
    for view, (field, kind) in CHARTS.items():
        value = chosen(view, field)
        if value is None or view == but:
            continue
        if field == "date":
            mask &= df.date.between(*[pd.to_datetime(at, unit="ms") for at in value])
        else:
            mask &= df[field].between(*value) if kind == "interval" else df[field].isin(value)
    if but != "heatmap":
        points = st.session_state.get("heatmap", {}).get("selection", {}).get("choice", [])
        if points:
            cells = {(point["hour"], DAYS.index(point["weekday"]) + 1) for point in points}
            mask &= [cell in cells for cell in zip(df.hour, df.weekday)]
    return df[mask]


def measures(data):
    n = len(data)
    late = (data.delay > late_after).sum()
    days = data.date.dt.normalize().nunique()
    return n, data.delay.mean() if n else 0, late / n if n else 0, n / days if days else 0


now, before = measures(rows()), measures(rows(since=start - (end - start), until=start))
cards = zip(st.columns(4), ["Flights", "Average delay", "Late", "Flights per day"], ["{:,.0f}", "{:.1f} min", "{:.1%}", "{:,.0f}"], now, before)
for at, (column, label, pattern, value, former) in enumerate(cards):
    change = f"{(value - former) / former:.1%}" if former else None
    column.metric(label, pattern.format(value), change, "inverse" if at in (1, 2) else "normal")


def show(view, chart, select, height=240):
    st.altair_chart(chart.add_params(select).properties(height=height), on_select="rerun", key=view, width="stretch")


grain = st.radio("Grain", ["D", "W", "MS"], format_func={"D": "day", "W": "week", "MS": "month"}.get, horizontal=True)
st.subheader("Flights over time")
series = rows("line").set_index("date").resample(grain).size().reset_index(name="flights")
show("line", alt.Chart(series).mark_line().encode(x="date:T", y="flights:Q"), alt.selection_interval(name="choice", encodings=["x"]))

for column, (view, title, low, high, width) in zip(
    st.columns(3), [("delay", "Delay, min", -60, 180, 10), ("distance", "Distance, miles", 0, 5000, 200), ("hour", "Hour of departure", 0, 24, 1)]
):
    with column:
        st.subheader(title)
        data = rows(view)
        data = data[(data[view] >= low) & (data[view] < high)]
        counts = (data[view] // width * width).value_counts().rename_axis(view).reset_index(name="flights")
        counts["to"] = counts[view] + width
        show(view, alt.Chart(counts).mark_bar().encode(x=f"{view}:Q", x2="to:Q", y="flights:Q"), alt.selection_interval(name="choice", encodings=["x"]))

left, middle, right = st.columns([1, 1, 1.6])
for column, view in [(left, "origin"), (middle, "destination")]:
    with column:
        st.subheader(f"Top {view}s")
        top = rows(view)[view].value_counts().head(12).rename_axis(view).reset_index(name="flights")
        show(view, alt.Chart(top).mark_bar().encode(x="flights:Q", y=alt.Y(f"{view}:N", sort="-x")), alt.selection_point(name="choice", fields=[view]), 320)
with right:
    st.subheader("Average delay by weekday and hour")
    cells = rows("heatmap").groupby(["hour", "weekday"]).delay.mean().reset_index()
    cells["weekday"] = cells.weekday.map(lambda day: DAYS[day - 1])
    heatmap = alt.Chart(cells).mark_rect().encode(x="hour:O", y=alt.Y("weekday:O", sort=DAYS), color="delay:Q")
    show("heatmap", heatmap, alt.selection_point(name="choice", fields=["hour", "weekday"]), 320)

st.subheader("Routes")
data = rows()
routes = data.assign(late=data.delay > late_after).groupby(["origin", "destination"]).agg(flights=("delay", "size"), avg_delay=("delay", "mean"), late=("late", "mean"))
routes = routes.sort_values("flights", ascending=False).head(500).reset_index()
st.dataframe(
    routes.style.map(lambda share: "background-color: #fecaca" if share > 0.25 else "", subset=["late"]).format({"avg_delay": "{:.1f} min", "late": "{:.1%}"}),
    column_config={"flights": st.column_config.ProgressColumn("Flights", max_value=int(routes.flights.max() or 1), format="%d")},
    hide_index=True,
)
