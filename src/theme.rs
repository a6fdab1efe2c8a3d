//! Light, dark, or as the system: kept in this browser, applied as `data-theme`, read back for what is drawn on canvas.
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::{Color, Theme};
use tarn_dashboard::{Phrase, ThemeProperties};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;

const STORAGE_KEY: &str = "tarn-theme";

/// What the viewer asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    System,
    Light,
    Dark,
}

/// The present choice, and the colours that follow from it.
#[derive(Clone, Copy)]
pub struct Theming {
    pub choice: RwSignal<ThemeChoice>,
    pub colours: RwSignal<Arc<Theme>>,
    /// Whether the page is being printed or saved as PDF: that is in the light.
    pub printing: RwSignal<bool>,
}

impl ThemeChoice {
    pub fn label(self) -> &'static str {
        match self {
            Self::System => crate::page::strings::say(Phrase::ThemeSystem),
            Self::Light => crate::page::strings::say(Phrase::ThemeLight),
            Self::Dark => crate::page::strings::say(Phrase::ThemeDark),
        }
    }

    fn from_storage() -> Self {
        match storage().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten()).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn store(self) {
        let Some(storage) = storage() else { return };
        // A full or forbidden storage only means that the choice is forgotten.
        let _ = match self {
            Self::System => storage.remove_item(STORAGE_KEY),
            Self::Light => storage.set_item(STORAGE_KEY, "light"),
            Self::Dark => storage.set_item(STORAGE_KEY, "dark"),
        };
    }
}

impl Theming {
    /// Restores the choice and follows the system while that is the choice.
    pub fn start(theme: &'static ThemeProperties) -> Self {
        let choice = RwSignal::new(ThemeChoice::from_storage());
        let system_is_dark = RwSignal::new(false);
        if let Some(query) = window().match_media("(prefers-color-scheme: dark)").ok().flatten() {
            system_is_dark.set(query.matches());
            let followed = query.clone();
            let follow = Closure::<dyn FnMut()>::new(move || system_is_dark.set(followed.matches()));
            query.set_onchange(Some(follow.as_ref().unchecked_ref()));
            follow.forget(); // lives as long as the page
        }
        let printing = follow_printing();
        let is_dark = Memo::new(move |_| match choice.get() {
            _ if printing.get() => false,
            ThemeChoice::System => system_is_dark.get(),
            ThemeChoice::Light => false,
            ThemeChoice::Dark => true,
        });
        let shown = move |dark: bool| {
            apply(theme, dark);
            Arc::new(read_colours())
        };
        let colours = RwSignal::new(shown(is_dark.get_untracked()));
        Effect::new(move |before: Option<bool>| {
            let dark = is_dark.get();
            if before.is_some_and(|before| before != dark) {
                colours.set(shown(dark));
            }
            dark
        });
        Self { choice, colours, printing }
    }

    /// To the opposite of what is shown, and back to the system's wish.
    pub fn next(self) {
        let next = match self.choice.get_untracked() {
            ThemeChoice::System => ThemeChoice::Dark,
            ThemeChoice::Dark => ThemeChoice::Light,
            ThemeChoice::Light => ThemeChoice::System,
        };
        next.store();
        self.choice.set(next);
    }
}

/// The style sheet knows it too, as `data-printing`: charts are painted in the size that they have on paper.
fn follow_printing() -> RwSignal<bool> {
    let printing = RwSignal::new(false);
    for (event, on) in [("beforeprint", true), ("afterprint", false)] {
        window_event_listener_untyped(event, move |_| {
            if let Some(root) = document().document_element() {
                // Fails only for names that are no attribute names.
                let _ = root.set_attribute("data-printing", if on { "true" } else { "false" });
            }
            // Gone with the page that another has replaced.
            printing.try_set(on);
        });
    }
    printing
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn apply(theme: &ThemeProperties, dark: bool) {
    if let Some(root) = document().document_element() {
        // Fails only for names that are no attribute names.
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
        let style = root.unchecked_into::<web_sys::HtmlElement>().style();
        for (name, value) in if dark { &theme.dark } else { &theme.light } {
            let _ = style.set_property(name, value);
        }
    }
}

/// What the style sheet says; a property that it lacks, or that cannot be read, is as in the light theme.
fn read_colours() -> Theme {
    let style = document().document_element().and_then(|root| window().get_computed_style(&root).ok().flatten());
    let property = |name: &str| style.as_ref()?.get_property_value(name).ok();
    let colour = |name: &str, otherwise: Color| property(name).and_then(|text| Color::parse_css(&text)).unwrap_or(otherwise);
    let known = Theme::light();
    let (ink, card, accent) = (colour("--ink", known.ink), colour("--card", known.card), colour("--accent", known.accent));
    let ramp = Theme::ramp(card, accent, ink);
    Theme {
        background: colour("--bg", known.background),
        card,
        ink,
        muted: colour("--muted", known.muted),
        grid: colour("--grid", known.grid),
        axis: ink.with_alpha(known.axis.alpha),
        accent,
        sequential: std::array::from_fn(|at| colour(&format!("--sequential-{}", at + 1), ramp[at])),
        series: std::array::from_fn(|at| colour(&format!("--series-{}", at + 1), known.series[at])),
        rest: colour("--rest", known.rest),
        accent_soft: colour("--accent-soft", known.accent_soft),
        grey_mark: colour("--grey-mark", known.grey_mark),
        good: colour("--good", known.good),
        bad: colour("--bad", known.bad),
        warn: colour("--warn", known.warn),
        font_family: property("font-family").filter(|family| !family.is_empty()).unwrap_or(known.font_family),
        font_size: known.font_size,
    }
}
