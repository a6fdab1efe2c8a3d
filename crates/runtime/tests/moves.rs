//! What the page answers by itself while the viewer's hand is at a filter, against what the worker answers.
use crate::flights::Demo;
use tarn_protocol::{Request, Response, Run, Tiles, encode};
use tarn_runtime::block_on;

/// What the worker hands the page when a filter comes to hand.
fn tiles(demo: &Demo, run: &Run, filter: &str) -> Option<Tiles> {
    block_on(demo.runtime.handle(Request::Run(run.clone())));
    demo.responses.borrow_mut().clear();
    block_on(demo.runtime.handle(Request::Prepare { filter: Some(filter.into()) }));
    let responses = demo.responses.take();
    assert_eq!(responses.last(), Some(&Response::Prepared { filter: filter.into() }), "the page has them by then");
    let found = responses.iter().find_map(|response| if let Response::Tiles(bytes) = response { Some(bytes) } else { None });
    let tiles = found.map(|bytes| Tiles::decode(&bytes.0).unwrap());
    if let (Some(tiles), Some(bytes)) = (&tiles, found) {
        println!("{filter}: {} bytes, {} tiles, {} views", bytes.0.len(), tiles.tiles.len(), tiles.views.len());
    }
    tiles
}

/// Every filter of the demo's first page, at hand while the others have values or not.
#[test]
fn the_page_answers_the_moves_of_the_demo_as_the_worker_does() {
    let demo = Demo::open();
    let of_all = [("period", "2001-02-01..2001-03-31"), ("distance", "200.."), ("late_after", "30")];
    let gestures: [(&str, &[&str]); 7] = [
        ("delay", &["-10..20", "-9..21.5", "15..", "..3", "4000.."]),
        ("origin", &["ATL", "ORD,DFW", "ATL,ORD,JFK", "nowhere", "nowhere,ATL"]),
        ("period", &["2001-02-01..2001-03-31", "2001-01-05..2001-01-06", "2001-03-03..2001-06-29", "2001-02-04..2001-06-20"]),
        ("distance", &["200..", "..1234", "17..18", "300..4000"]),
        ("hour", &["3..9", "22.."]),
        ("weekday", &["1", "6,7", "1,2,3,5"]),
        ("destination", &["LAX", "LAX,SFO,SEA,PDX"]),
    ];
    let in_force = demo.runtime.dashboard().page("overview").unwrap().filters_in_force();
    let mut n_told = 0;
    for others in [&of_all[..], &[]] {
        for (filter, moves) in gestures {
            let others: Vec<(&str, &str)> = others.iter().filter(|(id, _)| *id != filter).copied().collect();
            let run = demo.question("overview", &others);
            let tiles = tiles(&demo, &run, filter).unwrap_or_else(|| panic!("nothing of {filter}"));
            // Last, the filter is cleared; what a period is compared with then, the worker knows.
            let cleared = Some("").filter(|_| filter != "period");
            for value in moves.iter().copied().chain(cleared) {
                let mut filters = others.clone();
                if !value.is_empty() {
                    filters.push((filter, value));
                }
                // As the page puts them.
                filters.sort_by_key(|(id, _)| in_force.iter().position(|own| own == id));
                let moved = demo.question("overview", &filters);
                assert!(tiles.are_for(&moved) && tiles.are_for(&run));
                let answered = tiles.answer(&moved).unwrap_or_else(|| panic!("{filter} {value} is not told"));
                let expected = demo.run("overview", &filters);
                assert!(answered.is_whole);
                for (id, found) in &answered.results.views {
                    let (_, expected) = expected.views.iter().find(|(own, _)| own == id).unwrap();
                    assert!(encode(found) == encode(expected), "{id} under {filter} {value}: {found:?} instead of {expected:?}");
                    n_told += 1;
                }
                let stays = |id: &String| answered.results.views.iter().all(|(own, _)| own != id);
                let before = demo.run("overview", &others);
                for ((id, before), (_, expected)) in before.views.iter().zip(&expected.views).filter(|((id, _), _)| stays(id)) {
                    assert_eq!(before, expected, "{id} stays under {filter} {value}");
                }
                let sorted = |mut periods: Vec<_>| {
                    periods.sort_by(|a: &(String, _), b| a.0.cmp(&b.0));
                    periods
                };
                assert_eq!(sorted(answered.results.periods), sorted(expected.periods), "{filter} {value}");
            }
        }
    }
    assert!(n_told > 500, "{n_told}");
}

#[test]
fn filters_that_change_nothing_or_cannot_be_told_have_no_tiles() {
    let demo = Demo::open();
    assert!(tiles(&demo, &demo.question("overview", &[]), "late_after").is_none(), "a parameter");
    assert!(tiles(&demo, &demo.question("overview", &[]), "punctuality").is_none(), "it is not in force on the page");
    let busiest = demo.question("operations", &[("busiest", "3")]);
    assert!(tiles(&demo, &busiest, "delay").is_none(), "the busiest change with it");
    let airports = tiles(&demo, &demo.question("airports", &[]), "delay");
    assert!(airports.is_none_or(|tiles| !tiles.is_whole), "its charts have series");
}

#[test]
fn what_tiles_do_not_know_is_left_to_the_worker() {
    let demo = Demo::open();
    let run = demo.question("overview", &[("distance", "200..")]);
    let tiles = tiles(&demo, &run, "delay").unwrap();
    let moved = |filters: &[(&str, &str)]| demo.question("overview", filters);
    assert!(tiles.answer(&moved(&[("delay", "1..2"), ("distance", "200..")])).is_some());
    assert!(tiles.answer(&moved(&[("delay", "1..2"), ("distance", "201..")])).is_none(), "another filter moved");
    assert!(tiles.answer(&moved(&[("delay", "1..2")])).is_none(), "another filter was cleared");
    assert!(tiles.answer(&Run { page: "operations".into(), ..moved(&[("delay", "1..2"), ("distance", "200..")]) }).is_none());
}
