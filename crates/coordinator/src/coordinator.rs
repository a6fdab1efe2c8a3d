use crate::ahead::{Ahead, Moves};
use crate::restart::RestartPolicy;
use crate::schedule::{Schedule, SourceTimes};
use tarn_protocol::{
    Bytes, FilterDomain, LoadError, Options, OptionsRequest, QueryError, Request, Response, Results, Rows, RowsRequest, Run, SourceStatus,
    ViewResult, encode,
};

/// A worker that has not said "ready" by then is given up.
const READY_WITHIN_MS: f64 = 30_000.0;

/// What the caller has to do, in order.
#[derive(Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a few live at a time, each for a moment")]
pub enum Action {
    /// End the present worker, if any, and start one from the same module.
    Spawn,
    /// Send these bytes to the worker, by transfer.
    Post(Vec<u8>),
    /// Call [`Coordinator::tick`] at that time. A later `Wake` replaces an earlier one.
    Wake {
        at: f64,
    },
    Publish(Update),
}

/// News for the page's state.
#[derive(Debug, PartialEq)]
pub enum Update {
    Results(Results),
    Options(Options),
    Rows(Rows),
    Status(SourceStatus),
    Domains {
        source: String,
        domains: Vec<FilterDomain>,
    },
    Progress {
        source: String,
        bytes_done: u64,
        bytes_total: u64,
        rows: u64,
    },
    /// Moves of this filter are answered from what is ready.
    Prepared {
        filter: String,
    },
    /// Makes an [`Ahead`], for [`Coordinator::set_ahead`].
    Tiles(Bytes),
    /// Answers of some views to a question whose others are still waited for.
    Some(Vec<(String, Result<ViewResult, QueryError>)>),
    /// Workers keep dying; nothing more happens until [`Coordinator::retry`].
    Failed {
        message: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    /// Not heard of yet.
    Starting,
    Ready,
    GivenUp,
}

/// The state of the conversation with the data worker.
#[derive(Debug)]
pub struct Coordinator {
    start: Vec<u8>,
    worker: Worker,
    ready_by: f64,
    visible: bool,
    /// The viewer is in the middle of a gesture: no snapshot is switched.
    holds: bool,
    /// The filter that the viewer's hand is at.
    at_hand: Option<String>,
    next_seq: u64,
    /// The run that the worker is busy with.
    in_flight: Option<Run>,
    /// The newest run that came while one was in flight, or before the worker was ready.
    waiting: Option<Run>,
    /// The newest run that was sent, to repeat it for a new snapshot or a new worker.
    newest: Option<Run>,
    /// Menus that wait for an answer; of one filter only the newest.
    options: Vec<OptionsRequest>,
    /// Stretches of long tables that are waited for.
    rows: Vec<RowsRequest>,
    /// Sources whose failure stands in the results on the screen.
    failed_sources: Vec<String>,
    /// What is answered without the worker.
    moves: Moves,
    restarts: RestartPolicy,
    schedule: Schedule,
}

impl Coordinator {
    pub fn new(dashboard: Vec<u8>, base_url: String, sources: Vec<SourceTimes>) -> Self {
        Self {
            start: encode(&Request::Start { dashboard, base_url }),
            worker: Worker::Starting,
            ready_by: f64::INFINITY,
            visible: true,
            holds: false,
            at_hand: None,
            next_seq: 1,
            in_flight: None,
            waiting: None,
            newest: None,
            options: vec![],
            rows: vec![],
            failed_sources: vec![],
            moves: Moves::default(),
            restarts: RestartPolicy::default(),
            schedule: Schedule::new(sources),
        }
    }

    /// Starts the first worker.
    pub fn start(&mut self, now: f64) -> Vec<Action> {
        self.spawn(now)
    }

    /// Asks for results; gives the run its number and returns it: results with that number or a higher one cover it.
    pub fn run(&mut self, mut run: Run, now: f64) -> (u64, Vec<Action>) {
        let seq = self.take_seq();
        run.seq = seq;
        self.newest = Some(run.clone());
        let is_told = self.moves.tell_at.is_some();
        let answered = self.moves.answer(&run, now);
        self.waiting = Some(run);
        let mut actions = match answered {
            Some(answered) if answered.is_whole => {
                // The worker hears of it when the viewer pauses.
                self.waiting = None;
                let wake = if is_told { None } else { self.wake() };
                return (seq, [Action::Publish(Update::Results(answered.results))].into_iter().chain(wake).collect());
            }
            Some(answered) => vec![Action::Publish(Update::Some(answered.results.views))],
            None => vec![],
        };
        self.moves.tell_at = None;
        actions.extend(self.send_waiting());
        (seq, actions)
    }

    /// What has come of [`Update::Tiles`].
    pub fn set_ahead(&mut self, ahead: Option<Ahead>) {
        self.moves.ahead = ahead;
    }

    /// Tells the worker of the last question that was answered without it.
    fn tell(&mut self) -> Vec<Action> {
        if self.moves.tell_at.take().is_none() {
            return vec![];
        }
        self.waiting = self.newest.clone();
        self.send_waiting()
    }

    /// Asks for the values of a set filter. An older question about the same filter is forgotten.
    pub fn options(&mut self, mut request: OptionsRequest) -> (u64, Vec<Action>) {
        request.seq = self.take_seq();
        let seq = request.seq;
        self.options.retain(|other| other.filter != request.filter);
        self.options.push(request.clone());
        (seq, self.post_if_ready(Request::Options(request)))
    }

    /// Asks for rows of a long table. Each question has its answer, unless the workers keep dying.
    pub fn rows(&mut self, mut request: RowsRequest) -> (u64, Vec<Action>) {
        request.seq = self.take_seq();
        self.rows.push(request.clone());
        (request.seq, self.post_if_ready(Request::Rows(request)))
    }

    /// Asks the store now whether a source changed, or to load it again after a failure.
    pub fn revalidate(&mut self, source: String) -> Vec<Action> {
        self.post_if_ready(Request::Revalidate { source })
    }

    /// A gesture begins or ends: a new snapshot waits for its end.
    pub fn set_hold(&mut self, hold: bool) -> Vec<Action> {
        if self.holds == hold {
            return vec![];
        }
        self.holds = hold;
        let mut actions = if hold { vec![] } else { self.tell() };
        actions.extend(self.post_if_ready(Request::Hold { hold }));
        actions
    }

    /// The viewer's hand comes to the way to another page. A worker that has something to do, or a hand that does, is not held up.
    pub fn prefetch(&self, run: Run) -> Vec<Action> {
        if self.in_flight.is_some() || self.holds { vec![] } else { self.post_if_ready(Request::Prefetch(run)) }
    }

    /// The viewer's hand comes to a filter, or leaves it.
    pub fn set_at_hand(&mut self, filter: Option<String>) -> Vec<Action> {
        if self.at_hand == filter {
            return vec![];
        }
        self.at_hand = filter.clone();
        let mut actions = if self.holds { vec![] } else { self.tell() };
        actions.extend(self.post_if_ready(Request::Prepare { filter }));
        actions
    }

    /// The worker's glue runs and takes messages. `started` when it was sent `Start` already, by the page's start-up script.
    pub fn ready(&mut self, started: bool) -> Vec<Action> {
        self.worker = Worker::Ready;
        self.ready_by = f64::INFINITY;
        let mut actions = vec![];
        if !started {
            actions.push(Action::Post(self.start.clone()));
        }
        if self.holds {
            actions.push(Action::Post(encode(&Request::Hold { hold: true })));
        }
        actions.extend(self.send_waiting());
        if let Some(filter) = &self.at_hand {
            actions.push(Action::Post(encode(&Request::Prepare { filter: Some(filter.clone()) })));
        }
        actions.extend(self.options.iter().map(|request| Action::Post(encode(&Request::Options(request.clone())))));
        actions.extend(self.rows.iter().map(|request| Action::Post(encode(&Request::Rows(request.clone())))));
        actions
    }

    pub fn respond(&mut self, response: Response, now: f64, random: f64) -> Vec<Action> {
        match response {
            // The page asks for no description.
            Response::Started | Response::Described(_) => vec![],
            Response::Progress { source, bytes_done, bytes_total, rows } => {
                vec![Action::Publish(Update::Progress { source, bytes_done, bytes_total, rows })]
            }
            Response::Results(results) => self.results(results),
            Response::Options(options) => {
                let asked = self.options.iter().any(|request| request.seq == options.seq);
                self.options.retain(|request| request.seq != options.seq);
                if asked { vec![Action::Publish(Update::Options(options))] } else { vec![] }
            }
            Response::Rows(rows) => {
                let asked = self.rows.len();
                self.rows.retain(|request| request.seq != rows.seq);
                if self.rows.len() < asked { vec![Action::Publish(Update::Rows(rows))] } else { vec![] }
            }
            Response::Status(status) => self.status(status, now, random),
            Response::Domains { source, domains } => vec![Action::Publish(Update::Domains { source, domains })],
            Response::SnapshotChanged { .. } => self.run_again(now),
            Response::Tiles(tiles) => vec![Action::Publish(Update::Tiles(tiles))],
            Response::Prepared { filter } => vec![Action::Publish(Update::Prepared { filter })],
            Response::NewerElsewhere { source } => {
                self.schedule.hasten(&source, now);
                self.tick(now)
            }
            Response::Outgrown => self.replace(now),
            Response::Panicked { message } => self.died(message, now),
        }
    }

    /// The worker is gone, or its state cannot be trusted any more.
    pub fn died(&mut self, message: String, now: f64) -> Vec<Action> {
        if self.worker == Worker::GivenUp {
            return vec![];
        }
        if self.restarts.allows_restart(now) {
            return self.replace(now);
        }
        self.in_flight = None;
        self.moves.forget();
        self.worker = Worker::GivenUp;
        self.ready_by = f64::INFINITY;
        vec![Action::Publish(Update::Failed { message })]
    }

    /// The viewer asks to try again after [`Update::Failed`].
    pub fn retry(&mut self, now: f64) -> Vec<Action> {
        if self.worker != Worker::GivenUp {
            return vec![];
        }
        self.restarts.forgive();
        self.replace(now)
    }

    /// Hidden tabs ask for nothing; what became due meanwhile is asked for when they become visible.
    pub fn set_visible(&mut self, visible: bool, now: f64) -> Vec<Action> {
        self.visible = visible;
        self.tick(now)
    }

    /// Does what is due and says when to come back.
    pub fn tick(&mut self, now: f64) -> Vec<Action> {
        if now >= self.ready_by {
            return self.died("the data worker did not start".into(), now);
        }
        let mut actions = vec![];
        if self.moves.is_told_at(now, self.holds) {
            actions.extend(self.tell());
        }
        if self.visible && self.worker == Worker::Ready {
            let due = self.schedule.take_due(now);
            actions.extend(due.into_iter().map(|source| Action::Post(encode(&Request::Refresh { source }))));
        }
        actions.extend(self.wake());
        actions
    }

    /// Another worker is asked what is not answered, and what the screen shows.
    fn replace(&mut self, now: f64) -> Vec<Action> {
        self.in_flight = None;
        self.moves.forget();
        self.waiting = self.newest.clone();
        self.spawn(now)
    }

    fn spawn(&mut self, now: f64) -> Vec<Action> {
        self.worker = Worker::Starting;
        self.ready_by = now + READY_WITHIN_MS;
        let mut actions = vec![Action::Spawn];
        actions.extend(self.wake());
        actions
    }

    fn results(&mut self, mut results: Results) -> Vec<Action> {
        let Some(run) = self.in_flight.take_if(|run| run.seq == results.seq) else {
            return vec![]; // an answer to a worker's former life
        };
        if !self.moves.keeps(run, &mut results) {
            return self.send_waiting();
        }
        self.failed_sources = results.views.iter().filter_map(|(_, result)| failed_source(result.as_ref().err()?)).collect();
        let mut actions = vec![Action::Publish(Update::Results(results))];
        actions.extend(self.send_waiting());
        actions
    }

    fn status(&mut self, status: SourceStatus, now: f64, random: f64) -> Vec<Action> {
        self.schedule.note(&status, now, random);
        let recovered = status.error.is_none() && status.snapshot.is_some() && self.failed_sources.contains(&status.source);
        let mut actions = vec![Action::Publish(Update::Status(status))];
        if recovered && self.in_flight.is_none() {
            self.failed_sources.clear();
            actions.extend(self.run_again(now));
        }
        actions.extend(self.wake());
        actions
    }

    /// What is known of the answers so far is no longer so.
    fn run_again(&mut self, now: f64) -> Vec<Action> {
        self.moves.forget();
        match self.newest.clone() {
            Some(run) => self.run(run, now).1,
            None => vec![],
        }
    }

    fn send_waiting(&mut self) -> Vec<Action> {
        if self.worker != Worker::Ready || self.in_flight.is_some() {
            return vec![];
        }
        let Some(run) = self.waiting.take() else { return vec![] };
        self.in_flight = Some(run.clone());
        vec![Action::Post(encode(&Request::Run(run)))]
    }

    fn post_if_ready(&self, request: Request) -> Vec<Action> {
        if self.worker == Worker::Ready { vec![Action::Post(encode(&request))] } else { vec![] }
    }

    fn wake(&self) -> Option<Action> {
        let due = if self.visible && self.worker == Worker::Ready { self.schedule.next_due() } else { None };
        let at = due.into_iter().chain(self.moves.tell_at).fold(self.ready_by, f64::min);
        at.is_finite().then_some(Action::Wake { at })
    }

    fn take_seq(&mut self) -> u64 {
        self.next_seq += 1;
        self.next_seq - 1
    }
}

fn failed_source(error: &QueryError) -> Option<String> {
    match error {
        QueryError::Load(LoadError { source, .. }) => Some(source.clone()),
        _ => None,
    }
}

#[cfg(test)]
#[path = "ahead_tests.rs"]
mod ahead_tests;
#[cfg(test)]
#[path = "coordinator_tests.rs"]
mod tests;
