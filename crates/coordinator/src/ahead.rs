use std::fmt;
use tarn_protocol::{Answered, Results, Run};

/// A worker that was not asked is told what the viewer sees once nothing has moved for so long.
const PAUSE_MS: f64 = 500.0;

type Answer = dyn Fn(&Run, &Run) -> Option<Answered>;

/// Answers runs without the worker, as it would. `None` for a run that it knows nothing of. The second run is the one whose results are
/// on the screen: views that stay as they are have them.
pub struct Ahead(pub Box<Answer>);

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ahead")
    }
}

/// The runs that are answered without the worker.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pub ahead: Option<Ahead>,
    /// The newest run whose results are on the screen in full, if the data is still the same.
    shown: Option<Run>,
    /// The newest run of which views were answered so.
    told: u64,
    /// Those views, if others were not.
    some: Option<Vec<String>>,
    /// When the worker is told.
    pub tell_at: Option<f64>,
    moved_at: f64,
}

impl Moves {
    /// What was made for another worker or other data.
    pub fn forget(&mut self) {
        *self = Self { told: self.told, ..Self::default() };
    }

    pub fn answer(&mut self, run: &Run, now: f64) -> Option<Answered> {
        let ahead = self.ahead.as_ref()?;
        let answered = (ahead.0)(run, self.shown.as_ref()?)?;
        self.told = run.seq;
        self.some = None;
        if answered.is_whole {
            self.shown = Some(run.clone());
            self.moved_at = now;
            self.tell_at.get_or_insert(now + PAUSE_MS);
        } else {
            self.some = Some(answered.results.views.iter().map(|(id, _)| id.clone()).collect());
        }
        Some(answered)
    }

    /// Whether the time has come; a gesture that goes on puts it off.
    pub fn is_told_at(&mut self, now: f64, holds: bool) -> bool {
        let Some(at) = &mut self.tell_at else { return false };
        if holds || now < self.moved_at + PAUSE_MS {
            *at = at.max(now.max(self.moved_at) + PAUSE_MS);
        }
        now >= *at
    }

    /// Takes out of the worker's answer what is older than what the screen shows. Returns whether there is anything left.
    pub fn keeps(&mut self, run: Run, results: &mut Results) -> bool {
        if run.seq >= self.told {
            self.shown = Some(run);
            return true;
        }
        let Some(some) = &self.some else { return false };
        let is_older: Vec<bool> = results.views.iter().map(|(id, _)| some.contains(id)).collect();
        let mut older = is_older.iter();
        results.views.retain(|_| older.next() != Some(&true));
        let mut older = is_older.iter();
        results.view_ms.retain(|_| older.next() != Some(&true));
        true
    }
}
