use super::menu::Picture;
use crate::changing::changing_view;
use crate::chart::{ChartContext, Sparkline, course, key_figure_drawing};
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Change, KeyFigure, Trend, format_change, format_scalar};
use tarn_dashboard::{Direction, Measure, Phrase, Target, View};
use tarn_protocol::ViewResult;

/// One number, its change against the previous period, and its course.
#[component]
pub fn Kpi(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>, picture: RwSignal<Option<Picture>>) -> impl IntoView {
    let measure = app.dashboard.source(&view.source).zip(view.measures.first()).and_then(|(source, name)| source.measure(name));
    let Some(measure) = measure else { return ().into_any() };
    let value = Memo::new(move |_| result.with(|result| result.as_deref().map(|result| value_text(measure, result)).unwrap_or_default()));
    let against = Memo::new(move |_| result.with(|result| against(measure, view.target.as_ref()?, result.as_deref()?)));
    let change = Memo::new(move |_| result.with(|result| change(measure, result.as_deref()?)));
    let context: ChartContext = expect_context();
    picture.set(Some(Callback::new(move |()| {
        let theme = context.theme.get_untracked();
        let line = |verdict: &str, Change { trend, text }: Change, with: &str| {
            let color = if verdict.ends_with("good") {
                theme.good
            } else if verdict.ends_with("bad") {
                theme.bad
            } else {
                theme.muted
            };
            ([trend.arrow(), &text, with].join(" "), color)
        };
        let mut lines = vec![];
        match change.get_untracked() {
            Some(Compared::Changed { change, verdict }) => lines.push(line(verdict, change, strings::say(Phrase::VsPrevious))),
            Some(Compared::NothingBefore) => lines.push((strings::say(Phrase::NothingBefore).to_owned(), theme.muted)),
            None => {}
        }
        if let Some((change, verdict, target)) = against.get_untracked() {
            lines.push(line(verdict, change, &strings::fill(Phrase::VsTarget, &[("target", &target)])));
        }
        let values = result.with_untracked(|result| result.as_deref().map(course))?;
        key_figure_drawing(&KeyFigure { value: &value.get_untracked(), lines: &lines }, &values, &context)
    })));
    view! {
        <p class="kpi-value">{value}</p>
        <p class="kpi-change">
            {changing_view(move || Some(match change.get() {
                Some(Compared::Changed { change, verdict }) => compared(verdict, change, strings::say(Phrase::VsPrevious).to_owned()),
                Some(Compared::NothingBefore) => strings::say(Phrase::NothingBefore).into_any(),
                None => "\u{a0}".into_any(),
            }))}
        </p>
        {view.target.is_some().then(|| view! {
            <p class="kpi-change">
                {changing_view(move || Some(match against.get() {
                    Some((change, verdict, target)) => compared(verdict, change, strings::fill(Phrase::VsTarget, &[("target", &target)])),
                    None => "\u{a0}".into_any(),
                }))}
            </p>
        })}
        <div class="kpi-spark"><Sparkline result /></div>
    }
    .into_any()
}

/// How far from what, and what that means.
fn compared(verdict: &'static str, Change { trend, text }: Change, with: String) -> AnyView {
    view! { <span class=verdict>{trend.arrow()} " " {text}</span> " " {with} }.into_any()
}

#[derive(Clone, PartialEq)]
enum Compared {
    Changed {
        change: Change,
        verdict: &'static str,
    },
    /// The previous period has no value.
    NothingBefore,
}

fn value_text(measure: &Measure, result: &ViewResult) -> String {
    let Some(column) = result.table.column(&measure.name) else { return strings::NO_VALUE.to_owned() };
    format_scalar(&measure.format, &column.scalar(0), &text::locale())
}

/// `None` without a comparison.
fn change(measure: &Measure, result: &ViewResult) -> Option<Compared> {
    let previous = result.table.column(&format!("{}_previous", measure.name))?;
    let value = result.table.column(&measure.name)?.number(0)?;
    let change = previous.number(0).and_then(|previous| format_change(&measure.format, value, previous, &text::locale()));
    let Some(change) = change else { return Some(Compared::NothingBefore) };
    let verdict = verdict(measure, change.trend);
    Some(Compared::Changed { change, verdict })
}

/// A colour only where the author said which direction is good.
fn verdict(measure: &Measure, trend: Trend) -> &'static str {
    match (measure.good, trend) {
        (None, _) | (_, Trend::Flat) => "change",
        (Some(Direction::Up), Trend::Up) | (Some(Direction::Down), Trend::Down) => "change good",
        _ => "change bad",
    }
}

/// The value beside its target: how far it is from it, what that means, and the target. `None` where one of them is missing.
fn against(measure: &Measure, target: &Target, result: &ViewResult) -> Option<(Change, &'static str, String)> {
    let value = result.table.column(&measure.name)?.number(0)?;
    let target = match target {
        Target::Value(target) => *target,
        Target::Measure(name) => result.table.column(name)?.number(0)?,
    };
    let change = format_change(&measure.format, value, target, &text::locale())?;
    let verdict = verdict(measure, change.trend);
    Some((change, verdict, text::number(&measure.format, target)))
}
