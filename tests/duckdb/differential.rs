//! Generated questions: what Tarn answers, against what DuckDB answers. The seed is printed; TARN_SEED and TARN_QUERIES change it and
//! the number of questions.
#![allow(clippy::unwrap_used)]
mod differential {
    pub mod compare;
    pub mod expression;
    pub mod measure;
    pub mod nested;
    pub mod outcome;
    pub mod question;
    pub mod random;
    pub mod run;
    pub mod table;
}

use differential::outcome::{Outcome, number};
use differential::run::run;

const SEED: u64 = 20_010_630;
const QUERIES: usize = 20_000;
const PER_TABLE: usize = 200;

#[test]
fn generated_questions_have_the_answers_of_duckdb() {
    let (seed, n_queries) = (number("TARN_SEED", SEED), number("TARN_QUERIES", QUERIES as u64) as usize);
    println!("TARN_SEED={seed} TARN_QUERIES={n_queries}");
    let Outcome { equal, both_failed, wrong } = run(seed, n_queries.div_ceil(PER_TABLE), PER_TABLE.min(n_queries));
    assert!(
        wrong.is_empty(),
        "{} of {n_queries} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(number("TARN_SHOW", 20) as usize)].join("\n")
    );
    println!("{equal} answers equal DuckDB's, {both_failed} questions fail in both");
    // Errors such as an overflow are answers too, but a few only.
    assert!(both_failed * 20 < n_queries, "{both_failed} questions fail in both");
}
