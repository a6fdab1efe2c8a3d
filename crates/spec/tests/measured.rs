//! Where it is said what a view measures.
use tarn_spec::{compile, render_all};

/// What stands at the axis of the view's values, and its subtitle.
fn said(view: &str) -> (String, Option<String>) {
    said_in("en-GB", view)
}

fn said_in(locale: &str, view: &str) -> (String, Option<String>) {
    let yaml = format!(
        r#"
title: Flights
locale: {locale}
data:
  flights:
    source: data/flights.parquet
    ttl: 5m
    schema: {{ date: timestamp!, delay: int64, origin: string! }}
    time: date
    measures:
      flights: count(*)
      avg_delay: avg(delay)
pages:
  - title: One
    rows:
      - [{{ {view} }}]
"#
    );
    let compiled = compile("dashboard.yaml", yaml.as_bytes());
    assert!(compiled.diagnostics.is_empty(), "{}", render_all(&compiled.files, &compiled.diagnostics));
    let view = compiled.dashboard.unwrap().pages.remove(0).rows.remove(0).remove(0);
    (view.measured, view.subtitle)
}

#[test]
fn an_axis_says_what_it_measures_unless_the_card_does() {
    for (view, measured, subtitle) in [
        ("line: flights, by: date", "", None),
        ("line: flights, by: date, title: By day", "Flights", None),
        ("line: flights, by: date, title: Number of flights", "", None),
        ("line: flights, by: date, title: By day, subtitle: All flights", "", Some("All flights")),
        ("line: [flights, avg_delay], by: date, title: Both", "", None),
        ("bar: flights, by: origin, title: Busiest", "Flights", None),
        ("box: delay, by: origin, title: Boxes", "Delay", None),
        ("histogram: delay, bins: { width: 10 }", "Count", None),
        ("line: flights, by: date, facet: origin, title: By day", "", Some("Flights")),
        ("pie: flights, by: origin, title: Slices", "", None),
    ] {
        assert_eq!(said(view), (measured.to_owned(), subtitle.map(str::to_owned)), "{view}");
    }
}

#[test]
fn a_number_of_rows_is_called_so_in_the_language_of_the_page() {
    assert_eq!(said_in("de-DE", "histogram: delay, bins: { width: 10 }").0, "Anzahl");
}
