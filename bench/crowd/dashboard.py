# The flights as Streamlit's documentation has it for production: one DuckDB for all sessions as a cached resource, every query's
# answer kept for the TTL for whoever asks the same. The views of the demo's first page, with three of its filters.
import os

import altair as alt
import duckdb
import streamlit as st

TTL = f"{os.environ['TTL_SECS']}s"
st.set_page_config(page_title="Flights", layout="wide")


@st.cache_resource(ttl=TTL)
def database():
    connection = duckdb.connect()
    connection.execute(f"create table flights as select * from '{os.environ['DATA']}'")
    return connection


@st.cache_data(ttl=TTL, max_entries=1000)
def ask(sql, parameters):
    return database().cursor().execute(sql, list(parameters)).df()


origins = ask("select distinct origin from flights order by 1", ())["origin"].tolist()
with st.sidebar:
    days = st.slider("Days", 1, 181, 28)
    chosen = st.multiselect("Origin", origins)
    low, high = st.slider("Delay", -60, 180, (-60, 180))

where = "date >= timestamp '2001-07-01' - to_days(?) and date < timestamp '2001-07-01'"
parameters = [days]
if chosen:
    where += f" and origin in ({', '.join('?' * len(chosen))})"
    parameters += chosen
if (low, high) != (-60, 180):
    where += " and delay >= ? and delay < ?"
    parameters += [low, high]


def rows(select, rest=""):
    return ask(f"select {select} from flights where {where} {rest}", tuple(parameters))


st.title("Flights")
total = rows("count(*) as flights, avg(delay) as delay, avg(case when delay > 15 then 1.0 else 0 end) as late, count(distinct date_trunc('day', date)) as days")
for column, (label, value) in zip(
    st.columns(4),
    [
        ("Flights", f"{total.flights[0]:,}"),
        ("Average delay", f"{total.delay[0]:.1f} min"),
        ("Late", f"{total.late[0]:.1%}"),
        ("Flights per day", f"{total.flights[0] / max(total.days[0], 1):,.0f}"),
    ],
):
    column.metric(label, value)


def bars(data, x, y):
    st.altair_chart(alt.Chart(data).mark_bar().encode(x=x, y=y))


st.altair_chart(alt.Chart(rows("date_trunc('day', date) as day, count(*) as flights", "group by 1 order by 1")).mark_line().encode(x="day", y="flights"))
for column, (name, bin) in zip(
    st.columns(3),
    [("delay", "floor(delay / 10) * 10"), ("distance", "floor(distance / 200) * 200"), ("hour", "extract(hour from date)")],
):
    with column:
        bars(rows(f"{bin} as {name}, count(*) as flights", "group by 1 order by 1"), name, "flights")
for column, name in zip(st.columns(2), ["origin", "destination"]):
    with column:
        bars(rows(f"{name}, count(*) as flights", "group by 1 order by 2 desc limit 12"), "flights", alt.Y(name, sort=None))
heat = rows("extract(hour from date) as hour, extract(isodow from date) as weekday, avg(delay) as delay", "group by 1, 2")
st.altair_chart(alt.Chart(heat).mark_rect().encode(x="hour:O", y="weekday:O", color="delay"))
st.dataframe(
    rows(
        "origin, destination, count(*) as flights, avg(delay) as delay, avg(case when delay > 15 then 1.0 else 0 end) as late",
        "group by 1, 2 order by 3 desc limit 500",
    )
)
