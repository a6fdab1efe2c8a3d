//! The conversation with a data worker at whose end there is a dashboard.
use crate::draft::{Draft, draft};
use crate::profile::{Nothing, Profile};
use crate::question::Question;
use crate::text::Shape;
use std::collections::VecDeque;
use tarn_dashboard::Dashboard;
use tarn_protocol::{Description, LoadError, Request, Response, Run};

/// Data that is being looked at.
pub struct Drafting {
    name: String,
    source: String,
    base_url: String,
    locale: Option<String>,
    /// The page's language for what goes wrong.
    spoken: Dashboard,
    looking: Option<(Profile, Question, VecDeque<Run>)>,
}

/// What is to be done next.
pub enum Step {
    /// Tell the data worker, in this order.
    Ask(Vec<Request>),
    /// Until the data worker says more.
    Wait,
    /// So many bytes of so many are read.
    Reading(u64, u64),
    Done(Box<Draft>),
    Failed(Box<Failure>),
}

/// Why there is no dashboard.
pub enum Failure {
    Load(LoadError),
    Nothing(Nothing),
    /// The data worker ended.
    Died(String),
    /// The compiler refused what was drafted.
    Program(String),
}

/// As the source is called in what is asked.
const SOURCE: &str = "data";

impl Drafting {
    /// `source` is the data's address, as it shall stand in the dashboard; `base_url` what it is relative to. English unless another
    /// `locale` is named.
    pub fn begin(name: &str, source: &str, base_url: &str, locale: Option<&str>) -> Result<(Self, Vec<Request>), String> {
        let title = locale.map(|locale| format!("\nlocale: {locale}")).unwrap_or_default();
        let source_text = crate::quoted(source);
        let text = format!(
            "title: Data{title}\ndata: {{ {SOURCE}: {{ source: {source_text}, ttl: 1h, schema: {{ x: int64 }}, measures: {{ rows: count(*) }} }} }}\npages: [{{ title: Data, rows: [[kpi: rows]] }}]\n"
        );
        let compiled = tarn_spec::compile("dashboard.yaml", text.as_bytes());
        let Some(mut spoken) = compiled.dashboard else {
            return Err(tarn_spec::render_all(&compiled.files, &compiled.diagnostics));
        };
        // Nothing to load ahead: its contract is not the data's.
        spoken.pages.clear();
        let (name, source, base_url, locale) = (name.to_owned(), source.to_owned(), base_url.to_owned(), locale.map(str::to_owned));
        let drafting = Self { name, source, base_url, locale, spoken, looking: None };
        let asked = vec![drafting.start(&drafting.spoken), Request::Describe { source: SOURCE.to_owned() }];
        Ok((drafting, asked))
    }

    /// What goes wrong is said in the words of this one.
    pub fn spoken(&self) -> &Dashboard {
        &self.spoken
    }

    /// What the data worker has said.
    pub fn hear(&mut self, response: Response) -> Step {
        match response {
            Response::Described(Ok(description)) => self.described(&description),
            Response::Described(Err(error)) => Step::Failed(Box::new(Failure::Load(error))),
            Response::Progress { bytes_done, bytes_total, .. } => Step::Reading(bytes_done, bytes_total),
            Response::Results(results) => {
                let Some((profile, question, runs)) = &mut self.looking else { return Step::Wait };
                if let Err(error) = question.note(results, profile) {
                    return Step::Failed(Box::new(Failure::Load(error)));
                }
                match runs.pop_front() {
                    Some(run) => Step::Ask(vec![Request::Run(run)]),
                    None => self.looking.take().map_or(Step::Wait, |(profile, ..)| self.done(&profile)),
                }
            }
            Response::Panicked { message } => Step::Failed(Box::new(Failure::Died(message))),
            _ => Step::Wait,
        }
    }

    fn described(&mut self, description: &Description) -> Step {
        let profile = match Profile::of(description) {
            Ok(profile) => profile,
            Err(nothing) => return Step::Failed(Box::new(Failure::Nothing(nothing))),
        };
        let question = match Question::new(&profile, std::slice::from_ref(&self.source)) {
            Ok(Some(question)) => question,
            Ok(None) => return self.done(&profile),
            Err(found) => return Step::Failed(Box::new(Failure::Program(found))),
        };
        let mut runs: VecDeque<Run> = question.runs().collect();
        let mut asked = vec![self.start(question.dashboard())];
        asked.extend(runs.pop_front().map(Request::Run));
        self.looking = Some((profile, question, runs));
        Step::Ask(asked)
    }

    fn done(&self, profile: &Profile) -> Step {
        match draft(&self.name, std::slice::from_ref(&self.source), profile, Shape::Explore, self.locale.as_deref()) {
            Ok(draft) => Step::Done(Box::new(draft)),
            Err(found) => Step::Failed(Box::new(Failure::Program(found))),
        }
    }

    fn start(&self, dashboard: &Dashboard) -> Request {
        Request::Start { dashboard: dashboard.to_bytes(), base_url: self.base_url.clone() }
    }
}
