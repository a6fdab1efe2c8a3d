//! The wire to the data worker: does what the coordinator says, and brings it the worker's answers.
use crate::boot::{Spawned, spawn_worker};
use crate::identity;
use crate::page::by_id::ById;
use crate::state::{App, Inputs};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tarn_coordinator::{Action, Coordinator, Update};
use tarn_dashboard::FilterValue;
use tarn_protocol::{OptionsRequest, Response, Rows, RowsRequest, Run, decode};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use wasm_bindgen_futures::spawn_local;

/// An answer that takes longer than this is announced: the numbers on the screen are older than the controls.
const LATE: Duration = Duration::from_millis(300);

/// Handle to the conversation; clones share it.
#[derive(Clone)]
pub struct Link(Rc<Inner>);

struct Inner {
    coordinator: RefCell<Coordinator>,
    app: Cell<Option<App>>,
    worker: RefCell<Option<Connected>>,
    /// Counts workers, so that the last words of an old one are not heard.
    generation: Cell<u64>,
    timer: Cell<Option<TimeoutHandle>>,
    late_timer: Cell<Option<TimeoutHandle>>,
    /// The newest question and its number.
    asked: RefCell<Option<(u64, Inputs)>>,
    /// By page: the selections that its newest answer belongs to.
    answered: RefCell<ById<Vec<(String, FilterValue)>>>,
    waiters: RefCell<Vec<(u64, Waiter)>>,
    /// The newest results, while what draws them is not there yet.
    held: RefCell<Option<Update>>,
    /// By filter: who waits until its moves are ready for.
    preparing: RefCell<Vec<(String, Prepared)>>,
    /// By question: who waits for rows of a long table.
    stretches: RefCell<Vec<(u64, Stretch)>>,
}

/// Called once: with `Err` when the workers kept dying.
type Waiter = Box<dyn FnOnce(Result<(), String>)>;

type Prepared = Box<dyn FnOnce()>;

/// Called at most once: not when the workers kept dying.
type Stretch = Box<dyn FnOnce(Rows)>;

struct Connected {
    worker: web_sys::Worker,
    _on_message: Closure<dyn FnMut(web_sys::MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Link {
    pub fn new(coordinator: Coordinator) -> Self {
        Self(Rc::new(Inner {
            coordinator: RefCell::new(coordinator),
            app: Cell::new(None),
            worker: RefCell::new(None),
            generation: Cell::new(0),
            timer: Cell::new(None),
            late_timer: Cell::new(None),
            asked: RefCell::new(None),
            answered: RefCell::default(),
            held: RefCell::default(),
            waiters: RefCell::default(),
            preparing: RefCell::default(),
            stretches: RefCell::default(),
        }))
    }

    /// Starts the first worker; from now on answers are written into the app's state.
    pub fn start(&self, app: App) {
        self.0.app.set(Some(app));
        self.tell(Coordinator::start);
    }

    pub fn run(&self, inputs: Inputs) -> u64 {
        if let Some((seq, _)) = self.0.asked.borrow().as_ref().filter(|(_, asked)| *asked == inputs) {
            return *seq;
        }
        let (seq, actions) = self.0.coordinator.borrow_mut().run(inputs.to_run(), now());
        *self.0.asked.borrow_mut() = Some((seq, inputs));
        self.mark_late_after_a_while();
        self.perform(actions);
        seq
    }

    pub fn prefetch(&self, run: Run) {
        self.tell(|coordinator, _| coordinator.prefetch(run));
    }

    pub fn options(&self, request: OptionsRequest) {
        let actions = self.0.coordinator.borrow_mut().options(request).1;
        self.perform(actions);
    }

    /// Calls back with rows of a long table; with none when its question has another answer by now.
    pub fn rows(&self, request: RowsRequest, then: Stretch) {
        let (seq, actions) = self.0.coordinator.borrow_mut().rows(request);
        self.0.stretches.borrow_mut().push((seq, then));
        self.perform(actions);
    }

    pub fn retry(&self, source: &str) {
        let mut actions = self.0.coordinator.borrow_mut().retry(now());
        if actions.is_empty() {
            actions = self.0.coordinator.borrow_mut().revalidate(source.to_owned());
        } else if let Some(app) = self.0.app.get() {
            app.results.failed.set(None);
        }
        self.perform(actions);
    }

    pub fn set_visible(&self, visible: bool) {
        self.tell(|coordinator, now| coordinator.set_visible(visible, now));
    }

    /// A pointer is pressed or let go.
    pub fn set_hold(&self, hold: bool) {
        self.tell(|coordinator, _| coordinator.set_hold(hold));
    }

    /// The viewer's hand comes to a filter, or leaves it.
    pub fn set_at_hand(&self, filter: Option<&str>) {
        self.tell(|coordinator, _| coordinator.set_at_hand(filter.map(str::to_owned)));
    }

    /// Calls back when moves of the filter are ready for. The hand is at it meanwhile.
    pub fn when_prepared(&self, filter: &str, waiter: impl FnOnce() + 'static) {
        self.0.preparing.borrow_mut().push((filter.to_owned(), Box::new(waiter)));
        self.set_at_hand(None);
        self.set_at_hand(Some(filter));
    }

    /// The selections that the results on a page belong to.
    pub fn answered(&self, page: &str) -> Option<Vec<(String, FilterValue)>> {
        self.0.answered.borrow().get(page).cloned()
    }

    /// Calls back when question `seq` or a later one is answered on the screen's state.
    pub fn when_answered(&self, seq: u64, waiter: impl FnOnce(Result<(), String>) + 'static) {
        let Some(app) = self.0.app.get() else { return };
        if let Some(message) = app.results.failed.get_untracked() {
            waiter(Err(message));
        } else if app.results.seq.get_untracked() >= seq {
            waiter(Ok(()));
        } else {
            self.0.waiters.borrow_mut().push((seq, Box::new(waiter)));
        }
    }

    fn tell(&self, what: impl FnOnce(&mut Coordinator, f64) -> Vec<Action>) {
        let actions = what(&mut self.0.coordinator.borrow_mut(), now());
        self.perform(actions);
    }

    fn perform(&self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Spawn => self.spawn(),
                Action::Post(bytes) => self.post(&bytes),
                Action::Wake { at } => self.wake_at(at),
                Action::Publish(update) => self.publish(update),
            }
        }
    }

    fn spawn(&self) {
        if let Some(old) = self.0.worker.take() {
            old.worker.set_onmessage(None);
            old.worker.set_onerror(None);
            old.worker.terminate();
            // Later: this may run within one of the old worker's own callbacks.
            set_timeout(move || drop(old), Duration::ZERO);
        }
        let generation = self.0.generation.get() + 1;
        self.0.generation.set(generation);
        match spawn_worker(generation == 1) {
            Ok(spawned) => self.connect(spawned, generation),
            // Not now: the caller is still busy with the actions that led here.
            Err(message) => {
                let link = self.clone();
                spawn_local(async move { link.tell(|coordinator, now| coordinator.died(message, now)) });
            }
        }
    }

    fn connect(&self, spawned: Spawned, generation: u64) {
        let link = self.clone();
        let on_message = Closure::<dyn FnMut(_)>::new(move |event: web_sys::MessageEvent| link.hear(&event.data(), generation));
        spawned.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let link = self.clone();
        let on_error = Closure::<dyn FnMut(_)>::new(move |event: JsValue| {
            let message = js_sys::Reflect::get(&event, &"message".into()).ok().and_then(|message| message.as_string());
            link.lost(message.unwrap_or_else(|| "the data worker stopped".into()), generation);
        });
        spawned.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        *self.0.worker.borrow_mut() = Some(Connected { worker: spawned.worker, _on_message: on_message, _on_error: on_error });
        let link = self.clone();
        spawn_local(async move {
            for message in spawned.inbox.iter() {
                link.hear(&message, generation);
            }
            match wasm_bindgen_futures::JsFuture::from(spawned.ready).await {
                Ok(_) if link.0.generation.get() == generation => link.tell(|coordinator, _| coordinator.ready(spawned.told)),
                Ok(_) => {}
                Err(error) => link.lost(crate::boot::error_text(&error), generation),
            }
        });
    }

    fn hear(&self, data: &JsValue, generation: u64) {
        if self.0.generation.get() != generation || data.is_string() {
            return;
        }
        let bytes = js_sys::Uint8Array::new(data).to_vec();
        match decode::<Response>(&bytes) {
            Ok(response) => self.tell(|coordinator, now| coordinator.respond(response, now, js_sys::Math::random())),
            Err(error) => self.lost(error.to_string(), generation),
        }
    }

    fn lost(&self, message: String, generation: u64) {
        if self.0.generation.get() == generation {
            self.tell(|coordinator, now| coordinator.died(message, now));
        }
    }

    fn post(&self, bytes: &[u8]) {
        let worker = self.0.worker.borrow();
        let Some(connected) = worker.as_ref() else { return };
        let array = js_sys::Uint8Array::from(bytes);
        // Fails only for values that cannot be cloned, which bytes can.
        let _ = connected.worker.post_message_with_transfer(&array, &js_sys::Array::of1(&array.buffer()));
    }

    fn wake_at(&self, at: f64) {
        self.0.timer.take().inspect(TimeoutHandle::clear);
        let link = self.clone();
        // Timers count in 32 bits; a far-away one comes early and finds nothing due.
        let wait = (at - now()).clamp(0.0, 2_000_000_000.0) as u64;
        self.0.timer.set(set_timeout_with_handle(move || link.tell(Coordinator::tick), Duration::from_millis(wait)).ok());
    }

    fn mark_late_after_a_while(&self) {
        let previous = self.0.late_timer.take();
        let link = self.clone();
        let timer = previous.or_else(|| {
            let mark = move || {
                link.0.late_timer.take();
                let unanswered = link.0.asked.borrow().as_ref().map(|(seq, _)| *seq);
                if let (Some(app), Some(seq)) = (link.0.app.get(), unanswered) {
                    app.results.late.set(app.results.seq.get_untracked() < seq);
                }
            };
            set_timeout_with_handle(mark, LATE).ok()
        });
        self.0.late_timer.set(timer);
    }

    /// What draws results is there.
    pub fn publish_held(&self) {
        if let Some(update) = self.0.held.take() {
            self.publish(update);
        }
    }

    fn publish(&self, update: Update) {
        let Some(app) = self.0.app.get() else { return };
        match update {
            Update::Results(_) if app.later.with_untracked(Option::is_none) => _ = self.0.held.replace(Some(update)),
            Update::Results(results) => {
                let seq = results.seq;
                if let Some((_, inputs)) = self.0.asked.borrow().as_ref().filter(|(asked, _)| *asked <= seq) {
                    self.0.answered.borrow_mut().insert(inputs.page.clone(), inputs.selections.clone());
                }
                app.results.publish(results);
                crate::boot::tell("tarn-results");
                crate::boot::shown();
                self.wake_waiters(seq, &Ok(()));
            }
            Update::Options(options) => app.menu.set(Some(options)),
            Update::Rows(rows) => {
                let mut waiting = self.0.stretches.borrow_mut();
                let found = waiting.iter().position(|(seq, _)| *seq == rows.seq).map(|at| waiting.swap_remove(at).1);
                drop(waiting);
                if let Some(then) = found {
                    then(rows);
                }
            }
            Update::Status(status) => {
                status.error.iter().for_each(identity::note_refusal);
                app.sources.note(status);
            }
            Update::Domains { domains, .. } => app.sources.set_domains(domains),
            Update::Progress { source, bytes_done, bytes_total, .. } => {
                if let Some(slot) = app.sources.slot(&source) {
                    slot.progress.set(Some((bytes_done, bytes_total)));
                }
            }
            Update::Prepared { filter } => {
                let (due, rest): (Vec<_>, Vec<_>) = self.0.preparing.take().into_iter().partition(|(waited, _)| *waited == filter);
                *self.0.preparing.borrow_mut() = rest;
                due.into_iter().for_each(|(_, waiter)| waiter());
            }
            // Nobody holds a filter that is not there to be held.
            Update::Tiles(bytes) => {
                let ahead = app.later.with_untracked(Option::clone).and_then(|later| (later.ahead)(&bytes.0));
                self.0.coordinator.borrow_mut().set_ahead(ahead);
            }
            Update::Some(views) => app.results.show(views),
            Update::Failed { message } => {
                self.0.stretches.take();
                self.wake_waiters(u64::MAX, &Err(message.clone()));
                app.results.failed.set(Some(message));
            }
        }
    }

    fn wake_waiters(&self, seq: u64, outcome: &Result<(), String>) {
        let waiters = self.0.waiters.take();
        let (due, rest) = waiters.into_iter().partition(|(asked, _)| *asked <= seq);
        *self.0.waiters.borrow_mut() = rest;
        for (_, waiter) in Vec::from_iter::<Vec<(u64, Waiter)>>(due) {
            waiter(outcome.clone());
        }
    }
}

/// Milliseconds since 1970 by this client's clock.
pub fn now() -> f64 {
    js_sys::Date::now()
}
