//! What reads a parameter, beside the values themselves: bounds that follow the data, and colours.

use crate::world::{FILE, TRIPS, compile, rows, trips};
use tarn_dashboard::Scalar;
use tarn_protocol::{Run, ViewRequest, ViewResult};
use tarn_runtime::{MemoryHost, Runtime, block_on};

const PARAMETERS: &str = "
parameters:
  step: { type: integer, default: 250000, min: 1 }
  far: { type: integer, default: 999000, min: 1 }
";

/// The view's result, with parameters as chosen.
fn result(view: &str, chosen: &[(&str, &str)]) -> ViewResult {
    let yaml = TRIPS
        .replace(
            "    measures:",
            "    dimensions: { band: fare // $step, kind: case when fare > $far then 'far' else city end }\n    measures:",
        )
        .replace("\nfilters:", &format!("{PARAMETERS}\nfilters:"))
        .replace("filters: [fare]", "filters: [fare, step, far]")
        .replace(
            "[{ table: [trips, takings], by: [fare], limit: 1, id: fares }]",
            "[{ histogram: band, measure: trips, bins: { width: 1 }, id: bands }, { bar: trips, by: city, color: kind, id: kinds }]",
        );
    let host = MemoryHost::default();
    host.put_file(FILE, trips(0), None);
    let runtime = Runtime::new(host, compile(&yaml), "https://store/", |_| {});
    let value = |(id, text): &(&str, &str)| ((*id).to_owned(), runtime.dashboard().filter(id).unwrap().parse_text(text).unwrap());
    let run = Run {
        seq: 1,
        page: "money".into(),
        selections: chosen.iter().map(value).collect(),
        comparisons: vec![],
        views: vec![ViewRequest { id: view.into(), ..ViewRequest::default() }],
    };
    block_on(runtime.run(&run)).views.remove(0).1.unwrap()
}

#[test]
fn bins_without_bounds_follow_the_parameter() {
    let edges = |chosen: &[(&str, &str)]| rows(&result("bands", chosen).table).len();
    assert_eq!(edges(&[]), 5, "0 to 1,000,002 in steps of 250,000");
    assert_eq!(edges(&[("step", "100000")]), 11);
}

#[test]
fn colours_of_series_follow_the_parameter_and_no_filter() {
    let place = |chosen: &[(&str, &str)], kind: &str| {
        let colors = result("kinds", chosen).colors;
        colors.iter().find(|(value, _)| *value == Scalar::String(kind.into())).map(|(_, place)| *place)
    };
    let everything = ["Oslo", "Rome", "far"].map(|kind| place(&[], kind));
    assert_eq!(everything, [Some(0), Some(1), Some(2)]);
    // Rows without a city are left out of the count, so `far` is the most frequent value of this range alone.
    let far = [("fare", "999000..")];
    assert_eq!(place(&far, "far"), Some(2), "the place of the whole");
    assert_eq!(place(&[("far", "10"), far[0]], "far"), Some(0), "nearly all rows are far now");
}
